/**
 * A policy to make or to change.
 *
 * @module
 */
import { Button, Group as Row, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { Policy, PolicyContent } from '../api/policy-shapes.ts'
import { useChange, type AfterChange } from '../parts/change.ts'
import { ConsentDialog } from '../parts/consent-dialog.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { OnlySeen } from '../parts/only-seen.tsx'
import { Section } from '../parts/section.tsx'
import { PolicyBasics, PolicyRules } from './policy-fields.tsx'
import { PolicyPlaces } from './policy-places.tsx'
import { Preview } from './preview.tsx'
import { askPreview } from './queries.ts'
import { freshRule, isWhole } from './rule-kinds.ts'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'

const fresh: PolicyContent = {
  name: '',
  match: 'all',
  rules: [freshRule],
  platforms: [],
  severity: 'medium',
  countsForAccess: true,
  remediation: '',
  isEnabled: true,
  assigned: [],
  excluded: [],
}

function contentOf(policy: Policy): PolicyContent {
  const { name, match, rules, platforms, severity, countsForAccess, remediation, isEnabled, assigned, excluded } =
    policy
  return { name, match, rules, platforms, severity, countsForAccess, remediation, isEnabled, assigned, excluded }
}

export function PolicyForm({ group, policy }: { readonly group: string; readonly policy: Policy | undefined }) {
  const session = useSession()
  const navigate = useNavigate()
  const [content, setContent] = useState(policy === undefined ? fresh : contentOf(policy))
  const [isRemoving, setRemoving] = useState(false)
  const change = (part: Partial<PolicyContent>) => {
    setContent((before) => ({ ...before, ...part }))
    preview.reset()
  }
  const isEditable = may(session, 'policies:edit')
  const missing =
    content.name.trim() === ''
      ? 'It needs a name.'
      : content.rules.every(isWhole)
        ? undefined
        : 'A rule is not finished.'
  const isReady = missing === undefined
  const preview = useMutation({ mutationFn: () => askPreview(group, content, policy?.id) })
  const after: AfterChange<unknown> = {
    renews: [['group'], ['devices']],
    last: () => navigate({ to: '/groups/$group/policies', params: { group } }),
  }
  const save = useChange(
    () =>
      policy === undefined
        ? ask<Policy>('POST', path`/api/groups/${group}/policies`, { body: content })
        : ask<Policy>('PUT', path`/api/groups/${group}/policies/${policy.id}`, { body: content }),
    { ...after, says: ({ name }) => `${visible(name)} is saved. Devices are evaluated again now.` },
  )
  const part = { group, content, change, isEditable }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <fieldset className="plain settings-fields" disabled={!isEditable}>
        <Stack gap="lg" maw={820}>
          <PolicyBasics {...part} />
          <PolicyRules {...part} />
          <PolicyPlaces {...part} />
          {preview.isError && <FailureNotice error={preview.error} />}
          {preview.data !== undefined && (
            <Section title="What it would change">
              <Preview group={group} preview={preview.data} />
            </Section>
          )}
          {save.isError && <FailureNotice error={save.error} />}
          {isEditable ? (
            <Row>
              <Button type="submit" loading={save.isPending} disabled={!isReady}>
                {policy === undefined ? 'Make the policy' : 'Save'}
              </Button>
              <Button variant="light" loading={preview.isPending} disabled={!isReady} onClick={() => preview.mutate()}>
                Preview what would change
              </Button>
              {policy !== undefined && (
                <Button variant="outline" className="is-grave" onClick={() => setRemoving(true)}>
                  Remove
                </Button>
              )}
              {missing !== undefined && (
                <Text size="sm" c="dimmed" role="status">
                  {missing}
                </Text>
              )}
            </Row>
          ) : (
            <OnlySeen what="this policy" isOne />
          )}
        </Stack>
      </fieldset>
      <ConsentDialog
        title={`Remove ${visible(content.name)}?`}
        isOpen={isRemoving}
        onClose={() => setRemoving(false)}
        doIt="Remove it"
        demand="none"
        run={() => ask('DELETE', path`/api/groups/${group}/policies/${policy?.id ?? ''}`)}
        says={`${visible(content.name)} is removed.`}
        {...after}
      >
        <Text size="sm">Devices that only this policy keeps off the network are let in.</Text>
      </ConsentDialog>
    </form>
  )
}
