/**
 * How far a target has come: what it got, what waits, what was dropped.
 *
 * @module
 */
import type { ShownTarget } from '../api/syslog-shapes.ts'
import { Fact, Facts } from '../parts/facts.tsx'
import { Notice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'
import { ago, lasted, moment } from '../text/time.ts'
import { bytesWords, confirmationWords, standingOfTarget } from './words.ts'

const number = (value: number) => value.toLocaleString('en')

export function TargetStanding({ shown: { status } }: { readonly shown: ShownTarget }) {
  const now = useNow()
  const [standing, words] = standingOfTarget(status)
  const { failure, dropped, lastDropAt, failingSince, nextAttemptAt, confirmation, connector } = status
  const left = nextAttemptAt === undefined ? 0 : new Date(nextAttemptAt).getTime() - now.getTime()
  return (
    <>
      {failure !== undefined && <Notice about="failed" says={visible(failure.says)} fix={visible(failure.fix)} />}
      {dropped > 0 && (
        <Notice
          about="failed"
          says={`${number(dropped)} events were dropped: the room of this target was full.`}
          fix={`${lastDropAt === undefined ? '' : `The last ${ago(lastDropAt, now)}. `}Their numbers are missing at the collector. Give it more room, or mend what keeps it.`}
        />
      )}
      <Section title="How it stands">
        <Facts>
          <Fact name="State">
            <StandingWord standing={standing}>{words}</StandingWord>
            {failingSince !== undefined && ` since ${moment(failingSince)}`}
            {nextAttemptAt !== undefined && `, next attempt ${left <= 0 ? 'now' : `in ${lasted(left)}`}`}
          </Fact>
          <Fact name="Delivered">
            {number(status.delivered)}, up to number {number(status.sequence)}
            {status.lastDeliveryAt !== undefined && `, the last ${ago(status.lastDeliveryAt, now)}`}
          </Fact>
          <Fact name="Waiting">
            {number(status.waiting)}, {bytesWords(status.waitingBytes)} of {bytesWords(status.spoolBytes)}
          </Fact>
          <Fact name="Dropped">{number(dropped)}</Fact>
          {status.unconfirmed > 0 && <Fact name="Written, not known to be read">{number(status.unconfirmed)}</Fact>}
          {status.repeated > 0 && <Fact name="Sent twice to be sure">{number(status.repeated)}</Fact>}
          {status.cut > 0 && <Fact name="Cut to length">{number(status.cut)}</Fact>}
          {confirmation !== undefined && <Fact name="Arrival">{confirmationWords[confirmation]}</Fact>}
          {connector !== undefined && <Fact name="Carried by">{visible(connector)}</Fact>}
        </Facts>
      </Section>
    </>
  )
}
