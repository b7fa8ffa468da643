/**
 * An invitation: a one-time code or an installer, and the wait for who comes.
 *
 * @module
 */
import { Loader, SegmentedControl, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { connectorsQuery } from '../api/queries.ts'
import type { Connector } from '../api/shapes.ts'
import { Notice } from '../parts/notice.tsx'
import { visible } from '../text/directory-text.ts'
import { ByCode } from '../connectors/by-code.tsx'
import { ByInstaller } from '../connectors/by-installer.tsx'

type Way = 'code' | 'installer'

export interface InvitationProps {
  readonly group: string
  readonly onLive?: ((connector: Connector) => void) | undefined
}

export function Invitation({ group, onLive }: InvitationProps) {
  const [way, setWay] = useState<Way>('code')
  const [isMade, setMade] = useState(false)
  return (
    <Stack gap="lg">
      <div>
        <Text size="sm" fw={600} mb={4} id="way">
          How will it come?
        </Text>
        <SegmentedControl
          aria-labelledby="way"
          value={way}
          onChange={(value) => setWay(value as Way)}
          data={[
            { value: 'code', label: 'One-time code' },
            { value: 'installer', label: 'Installer file' },
          ]}
        />
        <Text size="sm" c="dimmed" mt={6} maw={620}>
          {way === 'code'
            ? 'For one connector, within the hour: you type or paste the code on its server.'
            : 'For one or more servers, over days: a file under a certificate password. Each makes a key of its own.'}
        </Text>
      </div>
      {way === 'code' ? (
        <ByCode group={group} onMade={() => setMade(true)} />
      ) : (
        <ByInstaller group={group} onMade={() => setMade(true)} />
      )}
      {isMade && <Arrival group={group} onLive={onLive} />}
    </Stack>
  )
}

/** Green when somebody comes who was not live when the invitation was made. */
function Arrival({ group, onLive }: InvitationProps) {
  const { data } = useQuery({ ...connectorsQuery(group), refetchInterval: 1000 })
  const before = useRef<ReadonlySet<string> | undefined>(undefined)
  if (before.current === undefined && data !== undefined) {
    before.current = new Set(data.filter(({ state }) => state === 'live').map(({ id }) => id))
  }
  const come = data?.find(({ id, state }) => state === 'live' && before.current?.has(id) === false)
  const enrolled = data?.find(({ id, state }) => state === 'away' && before.current?.has(id) === false)
  const isLive = come !== undefined
  useEffect(() => {
    if (come !== undefined) onLive?.(come)
    // Once, when it comes; that it is still here is no news.
  }, [isLive])
  if (come !== undefined) {
    return <Notice about="ok" says={`${visible(come.name)} is here, and live.`} fix="It takes work from now on." />
  }
  return (
    <div className="notice" role="status">
      <Loader size={20} aria-hidden />
      <div>
        <Text size="sm" fw={600}>
          {enrolled === undefined
            ? 'Waiting for the connector…'
            : `${visible(enrolled.name)} has enrolled. Waiting until it runs…`}
        </Text>
        <Text size="sm">This turns green when it has dialed in. You may leave this page.</Text>
      </div>
    </div>
  )
}
