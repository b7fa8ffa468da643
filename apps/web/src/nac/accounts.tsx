/**
 * Accounts with which NACs ask nac: their right, where it counts, and when they end.
 *
 * @module
 */
import { Button, Group as Row, Paper, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useGroupName } from '../parts/group-select.tsx'
import { accountColumns } from './account-columns.tsx'
import type { NacAccount } from '../api/nac-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useNow } from '../parts/now.ts'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { AccountForm } from './account-form.tsx'
import { nacAccountsQuery } from './queries.ts'
import { NewSecret } from './account-secret.tsx'
import { Remove } from './account-remove.tsx'

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
    ...accountColumns(now, nameOf),
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
      <Dialog
        title={asking === undefined ? '' : dialogTitle(asking)}
        isOpen={asking !== undefined && asking.what !== 'remove'}
        onClose={close}
      >
        {asking?.what === 'change' && <AccountForm account={asking.account} onDone={close} />}
        {asking?.what === 'secret' && <NewSecret account={asking.account} onDone={close} />}
      </Dialog>
      <Remove account={asking?.what === 'remove' ? asking.account : undefined} onClose={close} />
    </Paper>
  )
}

function dialogTitle({ what, account }: Asking): string {
  const user = visible(account.user)
  return what === 'secret' ? `A new secret for ${user}` : `Change ${user}`
}

export interface OfAccount {
  readonly account: NacAccount
  readonly onDone: () => void
}
