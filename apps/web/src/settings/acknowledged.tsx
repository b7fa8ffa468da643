/**
 * Which connectors run on what was saved, and what they say about it.
 *
 * @module
 */
import type { Acknowledgement } from '../api/service-shapes.ts'
import type { Failure } from '../api/shapes.ts'
import { standingOfService } from '../gate/stations.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'

export interface AcknowledgedProps {
  readonly acknowledged: readonly Acknowledgement[]
  /** The newest there is. */
  readonly generation: number
}

export function Acknowledged({ acknowledged, generation: newest }: AcknowledgedProps) {
  return (
    <Section title="Connectors on these settings">
      <DataTable
        caption="Acknowledgements"
        rows={acknowledged}
        keyOf={({ connectorId }) => connectorId}
        whenEmpty="No connector has taken these settings yet. They reach each as soon as it is attached."
        columns={[
          { title: 'Connector', cell: ({ connector }) => visible(connector) },
          {
            title: 'State',
            cell: ({ state }) => <StandingWord standing={standingOfService(state)}>{state}</StandingWord>,
          },
          {
            title: 'Settings',
            cell: ({ generation, refused }) =>
              generation >= newest ? (
                `generation ${generation}, the newest`
              ) : refused === undefined ? (
                `generation ${generation}; ${newest} is on its way`
              ) : (
                <StandingWord standing="failed">{`generation ${generation}; refused ${refused.generation}`}</StandingWord>
              ),
          },
          { title: 'What it says', cell: ({ failure, refused }) => wordsOf(refused?.failure ?? failure) },
        ]}
      />
    </Section>
  )
}

/** With the reason the service itself gave: the rest only says that there is one. */
function wordsOf(failure: Failure | undefined): string {
  if (failure === undefined) return 'nothing to report'
  const { says, fix, details } = failure
  return [says, details?.['reason'], fix].filter((one) => typeof one === 'string' && one !== '').join(' ')
}
