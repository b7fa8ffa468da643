/**
 * One syslog target: how it goes, its settings, a test, and a line as it would be sent.
 *
 * @module
 */
import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ShownTarget } from '../api/syslog-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { may, useSession } from '../shell/session.ts'
import { RemoveTarget } from '../syslog/remove-target.tsx'
import { SyslogPage } from '../syslog/syslog-page.tsx'
import { targetQuery } from '../syslog/queries.ts'
import { TargetForm } from '../syslog/target-form.tsx'
import { TargetStanding } from '../syslog/target-standing.tsx'
import { TargetTestSection } from '../syslog/target-test.tsx'
import { visible } from '../text/directory-text.ts'

const route = getRouteApi('/shell/groups/$group/syslog/targets/$target')

export function SyslogTargetScene() {
  const { group, target } = route.useParams()
  return target === 'new' ? (
    <SyslogPage group={group} title="New syslog target">
      <TargetForm group={group} shown={undefined} />
    </SyslogPage>
  ) : (
    <Existing key={target} group={group} id={target} />
  )
}

function Existing({ group, id }: { readonly group: string; readonly id: string }) {
  const target = useQuery(targetQuery(group, id))
  return (
    <SyslogPage group={group} title={target.data === undefined ? 'Syslog target' : visible(target.data.name)}>
      <Answer of={target}>{(shown) => <Target group={group} shown={shown} />}</Answer>
    </SyslogPage>
  )
}

function Target({ group, shown }: { readonly group: string; readonly shown: ShownTarget }) {
  const session = useSession()
  return (
    <Stack gap="lg">
      <TargetStanding shown={shown} />
      {may(session, 'calls:edit') && <TargetTestSection group={group} target={shown.id} />}
      <TargetForm key={shown.id} group={group} shown={shown} />
      {may(session, 'services:edit') && <RemoveTarget group={group} shown={shown} />}
    </Stack>
  )
}
