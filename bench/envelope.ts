/**
 * One sealed and signed exchange on one core: with a context and a signature of its
 * own, and with both shared (decision 0007). No network, no other process.
 *
 *   npm run bench envelope
 *
 * @module
 */
import { systemClock } from '@sallygate/base/clock'
import { BatchSigner, ReceiverContexts, ReplyAssembler, SenderContexts, sealRequestInBatch } from '@sallygate/envelope'
import { ConnectorEnd, ConsoleEnd, sendersOf } from '@sallygate/testkit/envelope-ends'
import { report, type Figure } from './report.ts'

const exchanges = 4000
const payload = Buffer.alloc(512, 7)
const console_ = new ConsoleEnd(systemClock)

async function perSecond(width: number, isShared: boolean): Promise<number> {
  const contexts = isShared ? new ReceiverContexts({ clock: systemClock }) : undefined
  const connector = new ConnectorEnd(console_, contexts === undefined ? {} : { contexts })
  const sending = new SenderContexts(systemClock)
  const consoleBatch = new BatchSigner(console_.signer)
  const senders = sendersOf(connector.signer)
  const { recipient } = connector
  const one = async () => {
    const sealed = isShared
      ? await sealRequestInBatch(console_.draft({ parameters: payload }), recipient, consoleBatch, sending)
      : console_.seal(recipient, { parameters: payload })
    const receipt = connector.gate.receive(sealed.cargo)
    if (receipt.kind !== 'admitted') throw new Error(receipt.kind)
    const writer = connector.reply(receipt)
    const chunks = isShared ? await writer.finishInBatch('done', payload) : writer.finish('done', payload)
    const assembler = new ReplyAssembler(sealed.pending, senders)
    for (const chunk of chunks) assembler.take(chunk)
  }
  const round = () => Promise.all(Array.from({ length: width }, one))
  for (let warm = 0; warm < 500; warm += width) await round()
  const startedMs = performance.now()
  for (let done = 0; done < exchanges; done += width) await round()
  return (Math.ceil(exchanges / width) * width * 1000) / (performance.now() - startedMs)
}

const figures: Figure[] = []
for (const width of [1, 8, 64]) {
  const beside = { name: 'each by itself', value: await perSecond(width, false) }
  figures.push({ name: `${width} in flight, shared`, value: await perSecond(width, true), unit: '/s', beside })
}
report('envelope', 'sealed and signed exchanges of 512 bytes each way, one core, both ends in it', figures)
