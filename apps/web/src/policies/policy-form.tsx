/**
 * A policy to make or to change.
 *
 * @module
 */
import {
  Button,
  Checkbox,
  Group as Row,
  MultiSelect,
  SegmentedControl,
  Select,
  Stack,
  TagsInput,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { Policy, PolicyContent, Rule } from '../api/policy-shapes.ts'
import type { Severity } from '../api/device-shapes.ts'
import { groupsQuery } from '../api/queries.ts'
import { catalogueQuery } from '../devices/queries.ts'
import { treeOf } from '../groups/tree.ts'
import { Dialog } from '../parts/dialog.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { Preview } from './preview.tsx'
import { askPreview } from './queries.ts'
import { freshRule, isWhole } from './rule-kinds.ts'
import { RuleEditor } from './rule-editor.tsx'
import { may, useSession } from '../shell/session.ts'
import { useSourceNames } from '../sources/queries.ts'
import { visible } from '../text/directory-text.ts'
import { useNavigate } from '@tanstack/react-router'

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
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const ids = useId()
  const catalogue = useQuery(catalogueQuery)
  const groups = useQuery(groupsQuery)
  const sourceNames = useSourceNames(group)
  const [content, setContent] = useState(policy === undefined ? fresh : contentOf(policy))
  const [isRemoving, setRemoving] = useState(false)
  const change = (part: Partial<PolicyContent>) => {
    setContent((before) => ({ ...before, ...part }))
    preview.reset()
  }
  const isReadable = may(session, 'policies:edit')
  const isReady = content.name.trim() !== '' && content.rules.every(isWhole)
  const preview = useMutation({ mutationFn: () => askPreview(group, content, policy?.id) })
  const leave = async (message: string) => {
    notifications.show({ message })
    await queryClient.invalidateQueries({ queryKey: ['group'] })
    await queryClient.invalidateQueries({ queryKey: ['devices'] })
    await navigate({ to: '/groups/$group/policies', params: { group } })
  }
  const save = useMutation({
    mutationFn: () =>
      policy === undefined
        ? ask<Policy>('POST', path`/api/groups/${group}/policies`, { body: content })
        : ask<Policy>('PUT', path`/api/groups/${group}/policies/${policy.id}`, { body: content }),
    onSuccess: ({ name }) => leave(`${visible(name)} is saved. Devices are evaluated again now.`),
  })
  const remove = useMutation({
    mutationFn: () => ask('DELETE', path`/api/groups/${group}/policies/${policy?.id ?? ''}`),
    onSuccess: () => leave(`${visible(content.name)} is removed.`),
  })
  const changeRule = (at: number, rule: Rule) =>
    change({ rules: content.rules.map((one, index) => (index === at ? rule : one)) })
  // A policy holds at its own group or below, nowhere else.
  const placed = treeOf(groups.data ?? [])
  const own = placed.find((one) => one.group.id === group)
  const within = placed.filter((one) => one === own || (own !== undefined && one.path.startsWith(`${own.path} / `)))
  const groupOptions = within.map((one) => ({ value: one.group.id, label: visible(one.path) }))
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <fieldset className="plain" disabled={!isReadable}>
        <Stack gap="lg" maw={820}>
          <Section title="Policy">
            <Stack gap="md">
              <TextInput
                label="Name"
                description="Network access control shows it where a device fails it."
                required
                withAsterisk={false}
                maxLength={200}
                value={content.name}
                onChange={(event) => change({ name: event.currentTarget.value })}
              />
              <Checkbox
                label="In use"
                checked={content.isEnabled}
                onChange={(event) => change({ isEnabled: event.currentTarget.checked })}
              />
              <Checkbox
                label="Keeps a device off the network"
                description="Otherwise failing it is only shown."
                checked={content.countsForAccess}
                onChange={(event) => change({ countsForAccess: event.currentTarget.checked })}
              />
              <Select
                label="Severity"
                maw={220}
                allowDeselect={false}
                data={['low', 'medium', 'high']}
                value={content.severity}
                onChange={(severity) => severity !== null && change({ severity: severity as Severity })}
              />
              <Textarea
                label="What its user can do"
                description="Network access control shows it to whoever is kept off."
                maxLength={500}
                autosize
                minRows={2}
                value={content.remediation}
                onChange={(event) => change({ remediation: event.currentTarget.value })}
              />
            </Stack>
          </Section>
          <Section title="Rules">
            <Stack gap="md">
              <div>
                <Text size="sm" fw={600} mb={4} id={`${ids}-match`}>
                  A device keeps the policy when it keeps
                </Text>
                <SegmentedControl
                  aria-labelledby={`${ids}-match`}
                  disabled={!isReadable}
                  value={content.match}
                  onChange={(match) => change({ match: match as PolicyContent['match'] })}
                  data={[
                    { value: 'all', label: 'every rule' },
                    { value: 'any', label: 'one of them' },
                  ]}
                />
              </div>
              {content.rules.map((rule, index) => (
                <RuleEditor
                  key={index}
                  number={index + 1}
                  rule={rule}
                  facts={catalogue.data?.facts ?? []}
                  sourceNames={sourceNames}
                  onChange={(changed) => changeRule(index, changed)}
                  onRemove={
                    content.rules.length === 1
                      ? undefined
                      : () => change({ rules: content.rules.filter((_, other) => other !== index) })
                  }
                />
              ))}
              <Button
                variant="light"
                className="start"
                disabled={content.rules.length >= 50}
                onClick={() => change({ rules: [...content.rules, freshRule] })}
              >
                Add a rule
              </Button>
              <TagsInput
                label="Only for these platforms"
                description="Empty: for all. It does not hold for a device whose platform nobody knows, unless empty."
                data={['linux', 'windows', 'macos', 'ios', 'android']}
                maxTags={20}
                value={[...content.platforms]}
                onChange={(platforms) => change({ platforms: platforms.map((one) => one.toLowerCase()) })}
              />
            </Stack>
          </Section>
          <Section
            title="Where it holds"
            says="In this group and all below it, unless you name others. The nearest group that is named decides."
          >
            <Stack gap="md">
              <MultiSelect
                label="Holds in"
                placeholder={content.assigned.length === 0 ? 'this group and below' : ''}
                data={groupOptions}
                searchable
                value={[...content.assigned]}
                onChange={(assigned) => change({ assigned })}
              />
              <MultiSelect
                label="But not in"
                placeholder={content.excluded.length === 0 ? 'no exception' : ''}
                data={groupOptions}
                searchable
                value={[...content.excluded]}
                onChange={(excluded) => change({ excluded })}
              />
            </Stack>
          </Section>
          {preview.isError && <FailureNotice error={preview.error} />}
          {preview.data !== undefined && (
            <Section title="What it would change">
              <Preview group={group} preview={preview.data} />
            </Section>
          )}
          {save.isError && <FailureNotice error={save.error} />}
          {isReadable ? (
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
            </Row>
          ) : (
            <Text size="sm" c="dimmed">
              You may see this policy, and not change it.
            </Text>
          )}
        </Stack>
      </fieldset>
      <Dialog title={`Remove ${visible(content.name)}?`} isOpen={isRemoving} onClose={() => setRemoving(false)}>
        <Stack gap="md">
          <Text size="sm">Devices that only this policy keeps off the network are let in.</Text>
          {remove.isError && <FailureNotice error={remove.error} />}
          <Row justify="flex-end">
            <Button variant="default" onClick={() => setRemoving(false)} data-autofocus>
              Keep it
            </Button>
            <Button color="red" className="is-grave-filled" loading={remove.isPending} onClick={() => remove.mutate()}>
              Remove it
            </Button>
          </Row>
        </Stack>
      </Dialog>
    </form>
  )
}
