/**
 * The way of a request, hop by hop: verdict, words, fix, and measured time on one line of time.
 *
 * @module
 */
import { Button, Group, Loader, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconDownload, IconMinus, IconX } from '@tabler/icons-react'
import { StandingWord } from '../parts/standing-word.tsx'
import { saveFile } from '../parts/save-file.ts'
import { visible } from '../text/directory-text.ts'
import { took } from '../text/time.ts'
import { titleOf, verdictOf, type Hop } from './hops.ts'
import { Chain } from './chain.tsx'

const marks = { ok: IconCheck, warning: IconAlertTriangle, failed: IconX, skipped: IconMinus } as const

const places = { console: 'console', relay: 'relay', connector: 'connector', backend: 'your network' } as const

const verdictWords = {
  ok: 'All hops passed',
  warning: 'Passed, with a warning',
  failed: 'A hop failed',
  skipped: 'Not run',
} as const

export interface HopDiagramProps {
  readonly title: string
  readonly hops: readonly Hop[]
  readonly totalMs?: number | undefined
  /** It is still running: the hop that is under way, empty between two. */
  readonly walking?: string | undefined
}

export function HopDiagram({ title, hops, totalMs, walking }: HopDiagramProps) {
  const isRunning = walking !== undefined
  const verdict = verdictOf(hops)
  const endMs = Math.max(1, ...hops.map(({ startMs = 0, durationMs = 0 }) => startMs + durationMs))
  return (
    <Stack gap="md" data-testid="trace">
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <StandingWord standing={isRunning || verdict === 'skipped' ? 'off' : verdict}>
            {isRunning ? 'Running' : verdictWords[verdict]}
          </StandingWord>
          {totalMs !== undefined && (
            <Text size="sm" c="dimmed" className="numbers">
              {took(totalMs)} in all
            </Text>
          )}
        </Group>
        {!isRunning && (
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconDownload size={16} aria-hidden />}
            onClick={() =>
              saveFile('sallygate-trace.json', `${JSON.stringify({ title, totalMs, verdict, hops }, undefined, 2)}\n`)
            }
          >
            Save trace
          </Button>
        )}
      </Group>
      <ol className="hops" aria-label={title} aria-busy={isRunning}>
        {hops.map((hop, index) => (
          <HopLine key={`${index} ${hop.title}`} hop={hop} endMs={endMs} />
        ))}
        {isRunning && (
          <li className="hop">
            <span className="hop-mark">
              <Loader size={14} aria-hidden />
            </span>
            <Text size="sm" c="dimmed">
              {walking === '' ? 'The next hop' : visible(titleOf(walking))} is being tried…
            </Text>
          </li>
        )}
      </ol>
    </Stack>
  )
}

function HopLine({ hop, endMs }: { readonly hop: Hop; readonly endMs: number }) {
  const Mark = marks[hop.verdict]
  const standing = hop.verdict === 'skipped' ? 'off' : hop.verdict
  return (
    <li className="hop">
      <span className={`hop-mark is-${standing}`}>
        <Mark size={15} stroke={2.8} role="img" aria-label={hop.verdict} />
      </span>
      <div>
        <Text size="sm" fw={600} component="div" className="outside">
          {visible(hop.title)}{' '}
          <Text span size="xs" c="dimmed" fw={400}>
            {places[hop.by]}
          </Text>
        </Text>
        {hop.says !== '' && (
          <Text size="sm" component="div" className="outside">
            {visible(hop.says)}
          </Text>
        )}
        {hop.fix !== '' && (
          <Text size="sm" component="div" className="outside">
            <strong>What to do: </strong>
            {visible(hop.fix)}
          </Text>
        )}
        {hop.detail.length > 0 && (
          <Text size="xs" c="dimmed" component="div" className="outside">
            {hop.detail.map(([name, value]) => `${name} ${visible(value)}`).join(' · ')}
          </Text>
        )}
        {hop.chain !== undefined && hop.chain.length > 0 && <Chain links={hop.chain} />}
      </div>
      <div className="hop-time">
        {hop.durationMs === undefined ? (
          <Text span size="xs" c="dimmed">
            {hop.verdict === 'skipped' ? 'not reached' : ''}
          </Text>
        ) : (
          took(hop.durationMs)
        )}
        {hop.durationMs !== undefined && hop.startMs !== undefined && (
          <svg className="hop-bar" viewBox="0 0 140 6" aria-hidden>
            <rect className="track" width={140} height={6} rx={3} />
            <rect
              x={Math.min(136, (hop.startMs / endMs) * 140)}
              width={Math.max(4, (hop.durationMs / endMs) * 140)}
              height={6}
              rx={3}
            />
          </svg>
        )}
      </div>
    </li>
  )
}
