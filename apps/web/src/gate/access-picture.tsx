/**
 * Devices and network access control, beside the picture of the gate: how many there are, and who asks about them.
 *
 * @module
 */
import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { facetsQuery } from '../devices/queries.ts'
import { nacsQuery } from '../nac/queries.ts'
import { freshness } from '../nac/standing.ts'
import { Fact, Facts } from '../parts/facts.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { took } from '../text/time.ts'

export function AccessPicture({ group }: { readonly group: string }) {
  const session = useSession()
  const [maySeeDevices, maySeeNac] = [may(session, 'devices:read'), may(session, 'nac:read')]
  const facets = useQuery({ ...facetsQuery(group, {}), enabled: maySeeDevices, refetchInterval: 15_000 })
  const nacs = useQuery({ ...nacsQuery, enabled: maySeeNac })
  if (!maySeeDevices && !maySeeNac) return null
  const off = facets.data?.compliant.find(({ value }) => value === 'false')?.count ?? 0
  return (
    <Section title="Devices and network access">
      <Facts>
        {facets.data !== undefined && (
          <Fact name="Devices">
            <TextLink to="/groups/$group/devices" params={{ group }}>
              {facets.data.total.toLocaleString('en')}
            </TextLink>
            {off > 0 && (
              <>
                {', '}
                <TextLink to="/groups/$group/devices" params={{ group }} search={{ compliant: 'false' }}>
                  {`${off.toLocaleString('en')} not compliant`}
                </TextLink>
              </>
            )}
          </Fact>
        )}
        {nacs.data?.map((nac) => {
          const [standing, words] = freshness(nac)
          const slowest = Math.max(...nac.nodes.map(({ p99Ms = -1 }) => p99Ms), -1)
          return (
            <Fact key={nac.id} name="NAC">
              <TextLink to="/nac">{visible(nac.name)}</TextLink>{' '}
              <StandingWord standing={standing}>{words}</StandingWord>{' '}
              <Text span size="sm" c="dimmed">
                {nac.nodes.length === 0
                  ? 'nobody has asked it yet'
                  : `${nac.nodes.length} ${nac.nodes.length === 1 ? 'client' : 'clients'}${
                      slowest < 0 ? '' : `, answered in ${took(slowest)}`
                    }`}
              </Text>
            </Fact>
          )
        })}
        {nacs.data?.length === 0 && <Fact name="NAC">none belongs to this console</Fact>}
      </Facts>
    </Section>
  )
}
