/**
 * A message to somebody who is there: what the tests send when its text does not matter.
 *
 * @module
 */
import type { ServiceLife } from '@sallygate/service-kit'
import type { RecipientOutcome } from '@sallygate/service-mail/contract'
import { testContext } from '@sallygate/testkit/service-host'

/** @returns what became of it for its one recipient. */
export async function sendShort(
  life: ServiceLife,
  messageId: string,
): Promise<RecipientOutcome['outcome'] | undefined> {
  const to = ['ada@lab.test']
  const params = { messageId, date: '2026-11-22T10:00:00.000Z', to, recipients: to, subject: 's', text: 't', html: 'h' }
  const { recipients } = (await life.run('send', params, testContext())) as { recipients: readonly RecipientOutcome[] }
  return recipients[0]?.outcome
}
