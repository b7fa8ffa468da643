/**
 * One administrator: roles, end, reset, disable, remove.
 *
 * @module
 */
import { Button, Checkbox, Group as Row, PasswordInput, Select, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { dayOf, EndDate, endOfDay } from '../admins/end-date.tsx'
import { Ending } from '../admins/ending.tsx'
import { everywhere, GroupSelect, useGroupName } from '../admins/group-select.tsx'
import { adminQuery, rolesQuery } from '../admins/queries.ts'
import { ask, path, withQuery } from '../api/client.ts'
import type { Admin } from '../api/shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { ConsentDialog, type Consent } from '../parts/consent-dialog.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Fact, Facts } from '../parts/facts.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { Page } from '../parts/page.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { useDemand } from '../settings/restricted-actions.ts'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'
import { leastPassword } from './admins.tsx'

const route = getRouteApi('/shell/admins/$admin')

export function AdminScene() {
  const { admin: id } = route.useParams()
  const admin = useQuery(adminQuery(id))
  return (
    <Page
      title={admin.data === undefined ? 'Administrator' : visible(admin.data.name)}
      says={<TextLink to="/admins">All administrators</TextLink>}
    >
      <Answer of={admin}>{(data) => <Details admin={data} />}</Answer>
    </Page>
  )
}

function Details({ admin }: { readonly admin: Admin }) {
  const session = useSession()
  const now = useNow()
  const isSelf = admin.id === session.admin.id
  const mayEdit = may(session, 'admins:edit')
  return (
    <Stack gap="lg">
      {isSelf && (
        <Notice
          about="ok"
          says="This is you."
          fix="Your password, second factor, PIN and sessions are under Your account."
        >
          <TextLink to="/account">Your account</TextLink>
        </Notice>
      )}
      <Section title="Account">
        <Facts>
          <Fact name="State">
            <StandingWord standing={admin.isDisabled ? 'off' : 'ok'}>
              {admin.isDisabled ? 'disabled' : 'enabled'}
            </StandingWord>
          </Fact>
          <Fact name="Account">
            {admin.kind === 'local'
              ? 'of this console, with a password'
              : 'of the directory, which checks the password'}
          </Fact>
          <Fact name="Ends">
            <Ending at={admin.expiresAt} now={now} />
          </Fact>
          <Fact name="Second factor">{admin.hasTotp ? 'on' : 'none'}</Fact>
          <Fact name="Security PIN">{admin.hasPin ? 'set' : 'none'}</Fact>
          <Fact name="Made">{moment(admin.createdAt)}</Fact>
        </Facts>
      </Section>
      <Roles admin={admin} mayEdit={mayEdit} />
      {mayEdit && <End key={admin.expiresAt ?? ''} admin={admin} />}
      {mayEdit && !isSelf && <Reset admin={admin} />}
      {mayEdit && !isSelf && <Leaving admin={admin} />}
    </Stack>
  )
}

/** What changes an account answers with it. */
function useChange<Input>(run: (input: Input) => Promise<unknown>, said: string, after?: () => void) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: run,
    onSuccess: async () => {
      after?.()
      notifications.show({ message: said })
      await queryClient.invalidateQueries({ queryKey: ['admins'] })
      await queryClient.invalidateQueries({ queryKey: ['session'] })
    },
  })
}

type Assignment = Admin['roles'][number]

function Roles({ admin, mayEdit }: { readonly admin: Admin; readonly mayEdit: boolean }) {
  const session = useSession()
  const roles = useQuery({ ...rolesQuery, enabled: may(session, 'roles:read') })
  const nameOf = useGroupName()
  const [role, setRole] = useState<string | null>(null)
  const [group, setGroup] = useState(session.grants[0]?.group ?? everywhere)
  const roleName = (id: string) => visible(roles.data?.roles.find((one) => one.id === id)?.name ?? id)
  const assign = useChange(
    () =>
      ask('POST', path`/api/admins/${admin.id}/roles`, { body: { role, ...(group === everywhere ? {} : { group }) } }),
    'The role counts from the next request on.',
    () => setRole(null),
  )
  const withdraw = useChange(
    (one: Assignment) =>
      ask('DELETE', withQuery(path`/api/admins/${admin.id}/roles/${one.role}`, { group: one.group ?? '' })),
    'The role is taken away.',
  )
  return (
    <Section title="Roles" says="Each counts in its group and below it.">
      <Stack gap="md">
        <DataTable
          caption="Roles of this administrator"
          rows={admin.roles}
          keyOf={(one) => `${one.role} ${one.group ?? ''}`}
          whenEmpty="None: this account may sign in and do nothing."
          columns={[
            { title: 'Role', cell: (one) => <strong>{roleName(one.role)}</strong> },
            { title: 'Where', cell: (one) => nameOf(one.group) },
            ...(mayEdit
              ? [
                  {
                    title: 'Change',
                    cell: (one: Assignment) => (
                      <Button
                        variant="default"
                        size="compact-sm"
                        aria-label={`Take away: ${roleName(one.role)}, ${nameOf(one.group)}`}
                        loading={withdraw.isPending && withdraw.variables === one}
                        onClick={() => withdraw.mutate(one)}
                      >
                        Take away
                      </Button>
                    ),
                  },
                ]
              : []),
          ]}
        />
        {withdraw.isError && <FailureNotice error={withdraw.error} />}
        {mayEdit && (
          <form
            onSubmit={(event) => {
              event.preventDefault()
              assign.mutate(undefined)
            }}
          >
            <Row align="flex-end" gap="sm">
              <Select
                label="Another role"
                placeholder="Choose a role"
                data={(roles.data?.roles ?? []).map(({ id, name }) => ({ value: id, label: visible(name) }))}
                value={role}
                onChange={setRole}
              />
              <GroupSelect label="In" value={group} onChange={setGroup} />
              <Button type="submit" variant="default" disabled={role === null} loading={assign.isPending}>
                Give the role
              </Button>
            </Row>
          </form>
        )}
        {assign.isError && <FailureNotice error={assign.error} />}
      </Stack>
    </Section>
  )
}

function End({ admin }: { readonly admin: Admin }) {
  const before = admin.expiresAt === undefined ? '' : dayOf(new Date(admin.expiresAt))
  const [day, setDay] = useState(before)
  const save = useChange(
    () => ask('PUT', path`/api/admins/${admin.id}`, { body: { expiresAt: day === '' ? null : endOfDay(day) } }),
    'Saved.',
  )
  return (
    <Section
      title="End"
      says="With the end of that day the account stops working. Never without warning: 14, 7 and 1 days before, the console says so."
    >
      <Stack gap="sm">
        <Row align="flex-end" gap="sm">
          <EndDate label="Ends" description="Empty: never." value={day} onChange={setDay} />
          <Button
            variant="default"
            disabled={day === before}
            loading={save.isPending}
            onClick={() => save.mutate(undefined)}
          >
            Save
          </Button>
        </Row>
        {save.isError && <FailureNotice error={save.error} />}
      </Stack>
    </Section>
  )
}

function Reset({ admin }: { readonly admin: Admin }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const name = visible(admin.name)
  return (
    <Section
      title="Locked out?"
      says="Set a new password, or take a lost second factor or a forgotten PIN away. Every session of the account ends."
    >
      <Button variant="default" onClick={open}>
        Reset
      </Button>
      <Dialog title={`Reset ${name}`} isOpen={isOpen} onClose={close}>
        <ResetForm admin={admin} onDone={close} />
      </Dialog>
    </Section>
  )
}

function ResetForm({ admin, onDone }: { readonly admin: Admin; readonly onDone: () => void }) {
  const [password, setPassword] = useState('')
  const [clearTotp, setClearTotp] = useState(false)
  const [clearPin, setClearPin] = useState(false)
  const reset = useChange(
    () =>
      ask('POST', path`/api/admins/${admin.id}/reset`, {
        body: { clearTotp, clearPin, ...(password === '' ? {} : { password }) },
      }),
    'Done. The account is signed out everywhere.',
    onDone,
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        reset.mutate(undefined)
      }}
    >
      <Stack gap="md">
        {admin.kind === 'local' && (
          <PasswordInput
            label="New password"
            description={`At least ${leastPassword} characters. Empty: it stays.`}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
            value={password}
            error={
              password !== '' && password.length < leastPassword ? `Use at least ${leastPassword} characters.` : null
            }
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        )}
        <Checkbox
          label="Take the second factor away"
          description={admin.hasTotp ? 'From then on the password is enough.' : 'This account has none.'}
          disabled={!admin.hasTotp}
          checked={clearTotp}
          onChange={(event) => setClearTotp(event.currentTarget.checked)}
        />
        <Checkbox
          label="Take the security PIN away"
          description={admin.hasPin ? 'A new one can be set under Your account.' : 'This account has none.'}
          disabled={!admin.hasPin}
          checked={clearPin}
          onChange={(event) => setClearPin(event.currentTarget.checked)}
        />
        {reset.isError && <FailureNotice error={reset.error} />}
        <Row justify="flex-end">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit" loading={reset.isPending} disabled={password !== '' && password.length < leastPassword}>
            {password === '' && !clearTotp && !clearPin ? 'Only sign out everywhere' : 'Reset'}
          </Button>
        </Row>
      </Stack>
    </form>
  )
}

function Leaving({ admin }: { readonly admin: Admin }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const name = visible(admin.name)
  const demand = useDemand(admin.group, 'removeAdministrator')
  const toggle = useChange(
    () => ask('PUT', path`/api/admins/${admin.id}`, { body: { isDisabled: !admin.isDisabled } }),
    admin.isDisabled ? `${name} may sign in again.` : `${name} is signed out and cannot sign in.`,
  )
  const remove = async (consent: Consent) => {
    await ask('POST', path`/api/admins/${admin.id}/remove`, { body: consent })
    notifications.show({ message: `${name} is removed.` })
    await navigate({ to: '/admins' })
    queryClient.removeQueries({ queryKey: ['admins', admin.id] })
    await queryClient.invalidateQueries({ queryKey: ['admins'] })
  }
  return (
    <Section title="Disable or remove">
      <Stack gap="sm">
        <Line says="Disabled: signed out at once, and kept with its roles.">
          <Button variant="default" loading={toggle.isPending} onClick={() => toggle.mutate(undefined)}>
            {admin.isDisabled ? 'Enable' : 'Disable'}
          </Button>
        </Line>
        <Line says="Removed: gone for good. The audit keeps what was done under this name.">
          <Button variant="outline" className="is-grave" onClick={open}>
            Remove
          </Button>
        </Line>
        {toggle.isError && <FailureNotice error={toggle.error} />}
      </Stack>
      <ConsentDialog
        title={`Remove ${name}?`}
        isOpen={isOpen}
        onClose={close}
        doIt="Remove for good"
        demand={demand}
        run={remove}
      >
        <Text size="sm">
          The account is signed out at once and cannot be brought back. What it did stays in the audit.
        </Text>
      </ConsentDialog>
    </Section>
  )
}

function Line({ says, children }: { readonly says: string; readonly children: ReactNode }) {
  return (
    <Row gap="sm" wrap="nowrap" justify="space-between">
      <Text size="sm">{says}</Text>
      {children}
    </Row>
  )
}
