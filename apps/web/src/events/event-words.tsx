/**
 * One event in a table: what happened, what to do, and the details it came with.
 *
 * @module
 */
import { Text } from '@mantine/core'
import type { GateEvent } from '../api/shapes.ts'
import { named } from '../parts/object-name.ts'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'
import { standingOfEvent } from './standing.ts'

/** Identifiers are shortened: they are found in what is exported. */
const noNames: ReadonlyMap<string, string> = new Map()

export const SeverityWord = ({ severity }: Pick<GateEvent, 'severity'>) => (
  <StandingWord standing={standingOfEvent(severity)}>{severity}</StandingWord>
)

export function EventWords({ says, fix = '', details }: Pick<GateEvent, 'says' | 'fix' | 'details'>) {
  const facts = Object.entries(details).map(
    ([name, value]) => `${visible(name)}: ${visible(named(String(value), noNames))}`,
  )
  return (
    <>
      {visible(says)}
      {fix !== '' && (
        <Text size="sm" c="dimmed">
          {visible(fix)}
        </Text>
      )}
      {facts.length > 0 && (
        <Text size="xs" c="dimmed" className="outside">
          {facts.join(' · ')}
        </Text>
      )}
    </>
  )
}
