/**
 * Compliance policies that hold in a group: its own and those from above.
 *
 * @module
 */
import { Paper, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useGroupName } from '../parts/group-select.tsx'
import type { Policy } from '../api/policy-shapes.ts'
import { platformWord } from '../devices/words.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { LinkButton, TextLink } from '../parts/link-button.tsx'
import { Page } from '../parts/page.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { policiesQuery } from '../policies/queries.ts'
import { sayRule } from '../policies/rule-text.ts'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'

const route = getRouteApi('/shell/groups/$group')

export function PoliciesScene() {
  const { group } = route.useParams()
  const session = useSession()
  const policies = useQuery(policiesQuery(group))
  const nameOf = useGroupName()
  const columns: readonly Column<Policy>[] = [
    {
      title: 'Policy',
      cell: ({ id, group: own, name }) => (
        // One from above is changed where it belongs.
        <TextLink to="/groups/$group/policies/$policy" params={{ group: own, policy: id }} isStrong>
          {visible(name)}
        </TextLink>
      ),
    },
    {
      title: 'Here',
      cell: ({ holds, isEnabled }) => (
        <StandingWord standing={holds ? 'ok' : 'off'}>
          {holds ? 'holds' : isEnabled ? 'does not hold' : 'switched off'}
        </StandingWord>
      ),
    },
    {
      title: 'Asks for',
      cell: ({ rules, match, platforms }) => (
        <>
          {rules.slice(0, 3).map((rule, index) => (
            <div key={index}>
              {index > 0 && (match === 'all' ? 'and ' : 'or ')}
              {visible(sayRule(rule))}
            </div>
          ))}
          {rules.length > 3 && <div>and {rules.length - 3} more</div>}
          {platforms.length > 0 && (
            <Text size="xs" c="dimmed">
              only {platforms.map(platformWord).join(', ')}
            </Text>
          )}
        </>
      ),
    },
    {
      title: 'Effect',
      cell: ({ countsForAccess, severity }) => (
        <>
          {countsForAccess ? 'keeps off the network' : 'is only shown'}
          <Text size="xs" c="dimmed">
            {severity}
          </Text>
        </>
      ),
    },
    { title: 'Belongs to', cell: ({ group: own, isInherited }) => (isInherited ? nameOf(own) : 'this group') },
  ]
  return (
    <Page
      title="Compliance policies"
      says="What devices of this group have to be. Network access control lets in who keeps every policy that counts."
      actions={
        may(session, 'policies:edit') && (
          <LinkButton to="/groups/$group/policies/$policy" params={{ group, policy: 'new' }}>
            New policy
          </LinkButton>
        )
      }
    >
      <Stack gap="md">
        <Paper>
          <Answer of={policies}>
            {(all) => (
              <DataTable
                caption="Compliance policies"
                columns={columns}
                rows={all}
                keyOf={({ id }) => id}
                whenEmpty="No policy asks for anything: every device that is enrolled and reports is compliant."
              />
            )}
          </Answer>
        </Paper>
        {may(session, 'settings:read') && (
          <Text size="sm" c="dimmed">
            Silence, the grace of fresh enrollments and whom to believe are in the{' '}
            <TextLink to="/groups/$group/device-settings" params={{ group }}>
              device settings
            </TextLink>
            .
          </Text>
        )}
      </Stack>
    </Page>
  )
}
