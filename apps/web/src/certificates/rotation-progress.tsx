/**
 * How far a rotation has come, connector by connector.
 *
 * @module
 */
import type { PastRotation, Rotation } from '../api/certificate-shapes.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'

export const causes: Readonly<Record<PastRotation['cause'], string>> = {
  regenerate: 'regenerated',
  revokeNow: 'revoked at once',
  renewal: 'renewed by itself',
}

export function Progress({ rotation }: { readonly rotation: Rotation }) {
  const { connectors, says, cause, startedBy, startedAt, graceEndsAt } = rotation
  const done = connectors.filter((one) => one.done).length
  return (
    <Section
      title="Keys are being replaced"
      says={`${says} Begun ${moment(startedAt)} (${causes[cause]}, by ${visible(startedBy)}). The old keys end ${moment(graceEndsAt)}.`}
      actions={
        <StandingWord standing={done === connectors.length ? 'ok' : 'warning'}>
          {`${done} of ${connectors.length} connectors done`}
        </StandingWord>
      }
    >
      <DataTable
        caption="Connectors and the new keys"
        rows={connectors}
        keyOf={({ id }) => id}
        whenEmpty="No connector is enrolled, so nobody has to learn of it."
        columns={[
          { title: 'Connector', cell: ({ name }) => visible(name) },
          {
            title: 'Stands',
            cell: ({ attached, acknowledged, done: isDone }) => (
              <StandingWord standing={isDone ? 'ok' : attached ? 'warning' : 'failed'}>
                {isDone ? 'done' : !attached ? 'away' : acknowledged ? 'knows the new keys' : 'not acknowledged'}
              </StandingWord>
            ),
          },
          { title: 'What it says', cell: ({ says: words, fix }) => [words, fix].filter(Boolean).join(' ') },
        ]}
      />
    </Section>
  )
}
