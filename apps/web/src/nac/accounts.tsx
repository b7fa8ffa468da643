/**
 * Accounts with which NACs ask nac: their right, where it counts, and when they end.
 *
 * @module
 */
import { Button, Group as Row, NumberInput, Paper, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Ending } from '../admins/ending.tsx'
import { useGroupName } from '../admins/group-select.tsx'
import { ask, path } from '../api/client.ts'
import type { MadeNacAccount, NacAccount } from '../api/nac-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { CopyLine } from '../parts/copy-line.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { StandingWord } from '../parts/standing-word.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'
import { AccountForm } from './account-form.tsx'
import { nacAccountsQuery } from './queries.ts'

type Asking = { readonly what: 'change' | 'secret' | 'remove'; readonly account: NacAccount }

export function Accounts() {
  const accounts = useQuery(nacAccountsQuery)
  const session = useSession()
  const nameOf = useGroupName()
  const now = useNow()
  const [isMaking, setMaking] = useState(false)
  const [asking, setAsking] = useState<Asking>()
  const close = () => setAsking(undefined)
  const mayEdit = may(session, 'nac:edit')
  const columns: readonly Column<NacAccount>[] = [
    {
      title: 'Account',
      cell: ({ user, kind }) => (
        <>
          <strong>{visible(user)}</strong>
          <Text size="xs" c="dimmed">
            {kind === 'basic' ? 'with a secret of its own' : 'of the directory'}
          </Text>
        </>
      ),
    },
    {
      title: 'State',
      cell: (account) => {
        const isEnded = account.expiresAt !== undefined && new Date(account.expiresAt) <= now
        return (
          <StandingWord standing={account.disabled || isEnded ? 'off' : 'ok'}>
            {account.disabled ? 'disabled' : isEnded ? 'ended' : 'works'}
          </StandingWord>
        )
      },
    },
    {
      title: 'May',
      cell: ({ right, group, actions, messages }) => (
        <>
          {right === 'edit' ? 'read and edit' : 'read'}, {nameOf(group)}
          {right === 'edit' && (
            <Text size="xs" c="dimmed">
              {[...actions.map((action) => actionWords[action]), ...(messages ? ['messages'] : [])].join(', ') ||
                'no action yet'}
            </Text>
          )}
        </>
      ),
    },
    {
      title: 'From',
      cell: ({ sources, certificates }) => (
        <>
          {sources.length === 0 ? 'anywhere' : sources.join(', ')}
          {certificates.length > 0 && (
            <Text size="xs" c="dimmed">
              with a client certificate
            </Text>
          )}
        </>
      ),
    },
    {
      title: 'Ends',
      cell: ({ expiresAt, secrets }) => (
        <>
          <Ending at={expiresAt} now={now} />
          {secrets
            .filter(({ notAfter }) => notAfter !== undefined && new Date(notAfter) > now)
            .map(({ id, notAfter }) => (
              <Text key={id} size="xs" c="dimmed">
                the former secret works until {moment(notAfter ?? '')}
              </Text>
            ))}
        </>
      ),
    },
    ...(mayEdit
      ? [
          {
            title: 'Change',
            cell: (account: NacAccount) => (
              <Row gap={6}>
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={`Change ${visible(account.user)}`}
                  onClick={() => setAsking({ what: 'change', account })}
                >
                  Change
                </Button>
                {account.kind === 'basic' && (
                  <Button
                    variant="default"
                    size="compact-sm"
                    aria-label={`New secret of ${visible(account.user)}`}
                    onClick={() => setAsking({ what: 'secret', account })}
                  >
                    New secret
                  </Button>
                )}
                <Button
                  variant="outline"
                  size="compact-sm"
                  className="is-grave"
                  aria-label={`Remove ${visible(account.user)}`}
                  onClick={() => setAsking({ what: 'remove', account })}
                >
                  Remove
                </Button>
              </Row>
            ),
          },
        ]
      : []),
  ]
  return (
    <Paper>
      <Row justify="space-between" mb="sm">
        <Text size="sm" c="dimmed" maw={640}>
          Policy nodes and other NACs sign in with these; each sees devices of its group and below.
        </Text>
        {mayEdit && <Button onClick={() => setMaking(true)}>New account</Button>}
      </Row>
      <Answer of={accounts}>
        {(all) => (
          <DataTable
            caption="Accounts of nac"
            columns={columns}
            rows={all}
            keyOf={({ id }) => id}
            whenEmpty="No NAC can ask yet: make an account for it."
          />
        )}
      </Answer>
      <Dialog title="New account for a NAC" isOpen={isMaking} onClose={() => setMaking(false)}>
        <AccountForm onDone={() => setMaking(false)} />
      </Dialog>
      <Dialog title={asking === undefined ? '' : dialogTitle(asking)} isOpen={asking !== undefined} onClose={close}>
        {asking?.what === 'change' && <AccountForm account={asking.account} onDone={close} />}
        {asking?.what === 'secret' && <NewSecret account={asking.account} onDone={close} />}
        {asking?.what === 'remove' && <Remove account={asking.account} onDone={close} />}
      </Dialog>
    </Paper>
  )
}

export const actionWords = { pin_lock: 'PIN lock', corporate_wipe: 'enterprise wipe', full_wipe: 'full wipe' } as const

function dialogTitle({ what, account }: Asking): string {
  const user = visible(account.user)
  if (what === 'change') return `Change ${user}`
  return what === 'secret' ? `A new secret for ${user}` : `Remove ${user}?`
}

interface OfAccount {
  readonly account: NacAccount
  readonly onDone: () => void
}

function NewSecret({ account, onDone }: OfAccount) {
  const queryClient = useQueryClient()
  const [hours, setHours] = useState<number | string>(168)
  const rotate = useMutation({
    mutationFn: () =>
      ask<MadeNacAccount>('POST', path`/api/nac/accounts/${account.id}/secret`, {
        body: { overlapHours: Number(hours) },
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['nac', 'accounts'] }),
  })
  if (rotate.data?.secret !== undefined) return <ShownSecret made={rotate.data} onDone={onDone} />
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        rotate.mutate()
      }}
    >
      <Stack gap="md">
        <Text size="sm">Both secrets work for a while, so that you can change policy nodes one after the other.</Text>
        <NumberInput
          label="The former one works on for, in hours"
          min={0}
          max={2160}
          allowDecimal={false}
          value={hours}
          onChange={setHours}
        />
        {rotate.isError && <FailureNotice error={rotate.error} />}
        <Row justify="flex-end">
          <Button type="submit" loading={rotate.isPending}>
            Make a new secret
          </Button>
        </Row>
      </Stack>
    </form>
  )
}

export function ShownSecret({ made, onDone }: { readonly made: MadeNacAccount; readonly onDone: () => void }) {
  return (
    <Stack gap="md">
      <Notice
        about="warning"
        says="This is the only time the secret is shown."
        fix="Enter it in the NAC now, with the user below."
      />
      <CopyLine title="User" value={made.user} />
      <CopyLine title="Secret" value={made.secret ?? ''} />
      <Row justify="flex-end">
        <Button onClick={onDone}>I have it</Button>
      </Row>
    </Stack>
  )
}

function Remove({ account, onDone }: OfAccount) {
  const queryClient = useQueryClient()
  const remove = useMutation({
    mutationFn: () => ask('DELETE', path`/api/nac/accounts/${account.id}`),
    onSuccess: async () => {
      onDone()
      notifications.show({ message: `${visible(account.user)} is removed.` })
      await queryClient.invalidateQueries({ queryKey: ['nac', 'accounts'] })
    },
  })
  return (
    <Stack gap="md">
      <Text size="sm">
        Whoever asks with it is refused from the next moment on: a policy node that uses it learns nothing about any
        device any more.
      </Text>
      {remove.isError && <FailureNotice error={remove.error} />}
      <Row justify="flex-end">
        <Button variant="default" onClick={onDone} data-autofocus>
          Keep it
        </Button>
        <Button color="red" className="is-grave-filled" loading={remove.isPending} onClick={() => remove.mutate()}>
          Remove for good
        </Button>
      </Row>
    </Stack>
  )
}
