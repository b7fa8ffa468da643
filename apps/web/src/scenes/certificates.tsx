/**
 * The certificates of a group: what console and connectors know each other by.
 *
 * @module
 */
import { Stack, Text } from '@mantine/core'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { GroupCertificate } from '../api/certificate-shapes.ts'
import type { Standing } from '../gate/gate.ts'
import { Answer } from '../parts/answer.tsx'
import { useNow } from '../parts/now.ts'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { ThumbprintLine } from '../parts/thumbprint-line.tsx'
import { visible } from '../text/directory-text.ts'
import { daysLeft, expiry } from '../text/time.ts'
import { Rotations } from './rotation.tsx'

export const certificatesQuery = (group: string) =>
  queryOptions({
    queryKey: ['group', group, 'certificates'],
    queryFn: async ({ signal }) =>
      (
        await ask<{ certificates: readonly GroupCertificate[] }>('GET', path`/api/groups/${group}/certificates`, {
          signal,
        })
      ).certificates,
    refetchInterval: 5000,
  })

const kinds: Readonly<Record<GroupCertificate['kind'], readonly [title: string, says: string]>> = {
  groupAuthority: ['Authority of the group', 'Signs every certificate of this group.'],
  consoleSigning: ['Console', 'The console signs requests with it; connectors believe nothing else.'],
  instance: ['Connector', 'A connector signs its answers with it.'],
  bootstrap: ['Installer', 'Good for enrolling once or a few times, and nothing else.'],
}
const order = Object.keys(kinds) as readonly GroupCertificate['kind'][]

function standingOf({ status, notAfter }: GroupCertificate, now: Date): readonly [Standing, string] {
  if (status === 'revoked') return ['off', 'revoked']
  const days = daysLeft(notAfter, now)
  if (days < 0) return [status === 'active' ? 'failed' : 'off', 'expired']
  if (status === 'retired') return ['off', 'retired']
  if (status === 'announced') return ['off', 'announced']
  return days < 14 ? ['warning', 'ends soon'] : ['ok', 'active']
}

export function Certificates({ group }: { readonly group: string }) {
  const certificates = useQuery(certificatesQuery(group))
  return (
    <Stack gap="lg">
      <Answer of={certificates}>
        {(all) => {
          const inUse = all.filter(({ status }) => status === 'active')
          const coming = all.filter(({ status }) => status === 'announced')
          const past = all.filter(({ status }) => status === 'retired' || status === 'revoked')
          return (
            <>
              <Section
                title="In use"
                says="Compare a thumbprint with the one on the other end to know that nobody stands between."
              >
                <List certificates={inUse} whenEmpty="This group has no certificate in use." />
              </Section>
              {coming.length > 0 && (
                <Section title="Coming" says="Connectors learn these now; nothing is signed with them yet.">
                  <List certificates={coming} whenEmpty="" />
                </Section>
              )}
              {past.length > 0 && (
                <Section title="No longer in use">
                  <List certificates={past} whenEmpty="" />
                </Section>
              )}
            </>
          )
        }}
      </Answer>
      <Rotations group={group} />
    </Stack>
  )
}

function List({
  certificates,
  whenEmpty,
}: {
  readonly certificates: readonly GroupCertificate[]
  readonly whenEmpty: string
}) {
  const now = useNow()
  if (certificates.length === 0) return <Text size="sm">{whenEmpty}</Text>
  const sorted = certificates.toSorted(
    (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || (a.name ?? '').localeCompare(b.name ?? ''),
  )
  return (
    <ul className="plain-list">
      {sorted.map((certificate) => {
        const { kind, name, thumbprints, serial, notAfter } = certificate
        const [title, says] = kinds[kind]
        const [standing, word] = standingOf(certificate, now)
        return (
          <li key={serial}>
            <details className="unfold">
              <summary>
                <span className="unfold-title">
                  <Text span size="sm" fw={600} className="outside">
                    {title}
                    {name !== undefined && ` ${visible(name)}`}
                  </Text>
                  <StandingWord standing={standing}>{word}</StandingWord>
                  <Text span size="sm" c="dimmed">
                    Ends {expiry(notAfter, now)}
                  </Text>
                </span>
                <span className="mono outside">{thumbprints.sha256.replaceAll(':', '').slice(0, 16)}…</span>
              </summary>
              <Stack gap="sm" py="sm">
                <Text size="sm">{says}</Text>
                <ThumbprintLine title="SHA-256" thumbprint={thumbprints.sha256} />
                <ThumbprintLine title="Windows thumbprint (SHA-1)" thumbprint={thumbprints.sha1Windows} />
                <Text size="xs" c="dimmed" className="outside">
                  Serial number {serial}. From {certificate.notBefore.slice(0, 10)} to {notAfter.slice(0, 10)}.
                </Text>
              </Stack>
            </details>
          </li>
        )
      })}
    </ul>
  )
}
