/**
 * Which connectors run on what was saved, and what they say about it.
 *
 * @module
 */
import type { Acknowledgement } from '../api/service-shapes.ts'
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
            cell: ({ generation }) =>
              generation >= newest
                ? `generation ${generation}, the newest`
                : `generation ${generation}; ${newest} is on its way`,
          },
          {
            title: 'What it says',
            cell: ({ failure }) => (failure === undefined ? 'nothing to report' : `${failure.says} ${failure.fix}`),
          },
        ]}
      />
    </Section>
  )
}
