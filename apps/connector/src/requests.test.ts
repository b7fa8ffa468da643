import { expect, test } from 'vitest'
import { silentLog } from '@sallygate/base/log'
import type { HopClient } from '@sallygate/dial'
import type { ReplyWriter } from '@sallygate/envelope'
import { FakeClock } from '@sallygate/testkit'
import { ConnectorEnd, ConsoleEnd } from '@sallygate/testkit/envelope-ends'
import type { Address } from './addresses.ts'
import type { Dispatcher, SendReply } from './dispatcher.ts'
import { Requests } from './requests.ts'

test('an answer that was handed to the relay is kept track of no longer, so answers never use up the room there is', async () => {
  const clock = new FakeClock()
  const console_ = new ConsoleEnd(clock)
  const connector = new ConnectorEnd(console_)
  let open = 0
  let sent = 0
  const client = {
    arrived: async () => undefined,
    send: () => {
      open++
      sent++
      return { token: '', handed: Promise.resolve(), fate: new Promise<never>(() => {}), settle: () => void open-- }
    },
  } satisfies Pick<HopClient, 'send' | 'arrived'>
  const serve = async (_opened: unknown, _budgetMs: number, writer: ReplyWriter, send: SendReply) =>
    send(writer.finish('done', Buffer.of(1)))
  const requests = new Requests({
    gate: connector.gate,
    dispatcher: { serve, refusals: new Map() } as unknown as Dispatcher,
    answerer: { endpoint: connector.instance, signer: connector.signer, clock },
    client,
    onApplied: () => undefined,
    onTrustSetBehind: () => undefined,
    clock,
    log: silentLog,
  })
  const from = { role: 'console', group: '0'.repeat(32), instance: 'c'.repeat(32) } as unknown as Address

  for (let count = 0; count < 20; count++) requests.receive(from, console_.seal(connector.recipient).cargo)
  await requests.answered()
  await new Promise((resolve) => setImmediate(resolve))

  expect([sent, open]).toEqual([20, 0])
})
