/**
 * Syslog targets of a group: where events go, and how far each has come.
 *
 * @module
 */
import { Paper, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ShownTarget } from '../api/syslog-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { LinkButton, TextLink } from '../parts/link-button.tsx'
import { useNow } from '../parts/now.ts'
import { StandingWord } from '../parts/standing-word.tsx'
import { ServiceOff } from '../services/service-off.tsx'
import { serviceQuery } from '../services/service-query.ts'
import { may, useSession } from '../shell/session.ts'
import { targetsQuery } from '../syslog/queries.ts'
import { SyslogPage } from '../syslog/syslog-page.tsx'
import { addressOf, bytesWords, formatWords, standingOfTarget } from '../syslog/words.ts'
import { visible } from '../text/directory-text.ts'
import { ago } from '../text/time.ts'

const route = getRouteApi('/shell/groups/$group')

export function SyslogScene() {
  const { group } = route.useParams()
  const mayEdit = may(useSession(), 'services:edit')
  const now = useNow()
  const service = useQuery(serviceQuery(group, 'syslog'))
  const targets = useQuery(targetsQuery(group))
  return (
    <SyslogPage
      group={group}
      says="Events and the audit go to your collectors, each from where it left off. A collector that is away keeps nobody waiting."
      actions={
        mayEdit && (
          <LinkButton to="/groups/$group/syslog/targets/$target" params={{ group, target: 'new' }}>
            New target
          </LinkButton>
        )
      }
    >
      <Stack gap="md">
        {service.data?.settings === null && (
          <ServiceOff
            group={group}
            to="/groups/$group/syslog/service"
            says="The syslog service is off in this group, and in those above."
            fix="Connectors take no events: they wait here, up to the room of each target."
            label="Turn it on"
          />
        )}
        <Paper>
          <Answer of={targets}>
            {(all) => (
              <div className="wide-table">
                <DataTable
                  caption="Syslog targets"
                  columns={columns(group, now)}
                  rows={all}
                  keyOf={({ id }) => id}
                  whenEmpty="No event leaves this console. Make a target to send them to your collector."
                />
              </div>
            )}
          </Answer>
        </Paper>
      </Stack>
    </SyslogPage>
  )
}

const columns = (group: string, now: Date): readonly Column<ShownTarget>[] => [
  {
    title: 'Target',
    cell: ({ id, name, settings }) => (
      <>
        <TextLink to="/groups/$group/syslog/targets/$target" params={{ group, target: id }} isStrong>
          {visible(name)}
        </TextLink>
        <Text size="xs" c="dimmed">
          {visible(addressOf(settings.target))}, {formatWords[settings.target.format]}
        </Text>
      </>
    ),
  },
  {
    title: 'State',
    cell: ({ status }) => {
      const [standing, words] = standingOfTarget(status)
      return (
        <>
          <StandingWord standing={standing}>{words}</StandingWord>
          {status.failure !== undefined && (
            <Text size="xs" c="dimmed">
              {visible(status.failure.says)} {visible(status.failure.fix)}
            </Text>
          )}
        </>
      )
    },
  },
  {
    title: 'Waiting',
    isNumber: true,
    cell: ({ status }) => (
      <>
        {status.waiting.toLocaleString('en')}
        <Text size="xs" c="dimmed">
          {bytesWords(status.waitingBytes)} of {bytesWords(status.spoolBytes)}
        </Text>
      </>
    ),
  },
  { title: 'Delivered', isNumber: true, cell: ({ status }) => status.delivered.toLocaleString('en') },
  {
    title: 'Dropped',
    isNumber: true,
    cell: ({ status }) =>
      status.dropped === 0 ? '0' : <StandingWord standing="failed">{status.dropped.toLocaleString('en')}</StandingWord>,
  },
  {
    title: 'Last delivery',
    cell: ({ status }) => (status.lastDeliveryAt === undefined ? 'never' : ago(status.lastDeliveryAt, now)),
  },
]
