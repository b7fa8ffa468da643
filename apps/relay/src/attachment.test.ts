import { describe, expect, test } from 'vitest'
import { FakeClock } from '@sallygate/testkit'
import {
  anyConsole,
  connectorAddress,
  consoleAddress,
  decodeFrame,
  encodeFrame,
  limits,
  randomId,
  randomToken,
  type Address,
  type Frame,
  type FrameName,
} from '@sallygate/hop'
import { Attachment } from './attachment.ts'
import { Counters } from './counters.ts'
import type { Line } from './line.ts'
import { WaitingRoom } from './mailbox.ts'

/** A line that takes frames and, when told to, stops taking them. */
class FakeLine implements Line {
  readonly frames: Frame[] = []
  isStuck = false
  ended: string | undefined
  waitingBytes = 0
  readonly #callbacks: (() => void)[] = []
  send(frame: Uint8Array, written?: () => void): void {
    if (this.isStuck) {
      this.waitingBytes += frame.length
      if (written !== undefined) this.#callbacks.push(written)
      return
    }
    this.frames.push(decodeFrame(frame, 'relay'))
    written?.()
  }
  release(): void {
    this.isStuck = false
    this.waitingBytes = 0
    for (const callback of this.#callbacks.splice(0)) callback()
  }
  controlPong(): void {}
  listen(): void {}
  close(code: number): void {
    this.ended ??= `closed ${code}`
  }
  cut(): void {
    this.ended ??= 'cut'
  }
  named(name: FrameName): Frame[] {
    return this.frames.filter((frame) => frame.type === name)
  }
}

const clock = () => new FakeClock()

function attachmentOver(line: Line, at: FakeClock, address: Address = connectorAddress(randomId(), randomId())) {
  const counters = new Counters()
  const room = new WaitingRoom(64 * 1024 * 1024)
  const left: number[] = []
  const attachment = new Attachment({
    clock: at,
    counters,
    room,
    line,
    id: '00'.repeat(8),
    address,
    publicKey: '',
    ageMs: 3_600_000,
    heirOf: () => undefined,
    ended: (_attachment, _reason, letters) => left.push(letters.length),
  })
  return { attachment, counters, room, left }
}

const frameOf = (bytes = 100, ttlMs = 60_000) =>
  encodeFrame({
    type: 'cargo',
    to: anyConsole,
    from: anyConsole,
    token: randomToken(),
    ttlMs,
    cargo: Buffer.alloc(bytes),
  })

function pair() {
  const at = clock()
  const senderLine = new FakeLine()
  const line = new FakeLine()
  const sender = attachmentOver(senderLine, at, consoleAddress(randomId()))
  return {
    at,
    senderLine,
    line,
    sender: sender.attachment,
    senderCounters: sender.counters,
    ...attachmentOver(line, at),
  }
}

async function pass(at: FakeClock, ms: number, ...attachments: readonly Attachment[]): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) {
    await at.advance(250)
    for (const attachment of attachments) attachment.tick(at.monotonicMs(), 250)
  }
}

describe('credit and the mailbox', () => {
  test('a peer gets a window of cargos and the next only for credit (PROTOCOL M-H15)', () => {
    const { line, attachment, sender } = pair()

    for (let count = 0; count < 40; count++) attachment.deliver(frameOf(), sender, 60_000)
    const first = line.named('cargo').length
    attachment.grant(5)

    expect(first).toBe(32)
    expect(line.named('cargo')).toHaveLength(37)
  })

  test('credit above the window is the window (PROTOCOL M-H15)', () => {
    const { line, attachment, sender } = pair()

    attachment.grant(65_535)
    for (let count = 0; count < 60; count++) attachment.deliver(frameOf(), sender, 60_000)

    expect(line.named('cargo')).toHaveLength(32)
  })

  test('32 cargos wait and the newest is refused as busy (PROTOCOL M-H15)', () => {
    const { attachment, sender } = pair()

    const results = Array.from({ length: 65 }, () => attachment.deliver(frameOf(), sender, 60_000))

    expect(results.slice(0, 64).every((result) => result === 'taken')).toBe(true)
    expect(results[64]).toBe('busy')
  })

  test('8 MiB wait, whichever bound comes first (PROTOCOL M-H15)', () => {
    const { line, attachment, sender, room } = pair()
    line.isStuck = true
    const large = () => frameOf(limits.cargoBytes)

    const results = Array.from({ length: 32 }, () => attachment.deliver(large(), sender, 60_000))

    expect(results).toContain('busy')
    expect(room.bytes).toBeLessThanOrEqual(limits.queueBytes)
    expect(line.waitingBytes).toBeLessThan(2 * limits.cargoBytes)
  })

  test('what waits goes on when the network takes bytes again, in order', () => {
    const { line, attachment, sender } = pair()
    line.isStuck = true
    const tokens = Array.from({ length: 5 }, () => {
      const frame = frameOf(limits.cargoBytes)
      attachment.deliver(frame, sender, 60_000)
      return frame.toString('hex', 67, 75)
    })

    line.release()

    expect(line.named('cargo').map((frame) => 'token' in frame && frame.token)).toEqual(tokens.slice(1))
  })

  test('cargo that waited past its time is dropped unread and its sender is told (PROTOCOL M-H16)', async () => {
    const { at, line, senderLine, attachment, sender, room } = pair()
    for (let count = 0; count < 32; count++) attachment.deliver(frameOf(), sender, 60_000)
    attachment.deliver(frameOf(100, 1000), sender, 1000)

    attachment.heard()
    await pass(at, 1250, attachment)
    attachment.grant(32)

    expect(senderLine.named('undelivered')).toMatchObject([{ reason: 'expired' }])
    expect(line.named('cargo')).toHaveLength(32)
    expect(room.bytes).toBe(0)
  })

  test('the time a cargo waited is taken from its time to live (PROTOCOL M-H16)', async () => {
    const { at, line, attachment, sender } = pair()
    for (let count = 0; count < 33; count++) attachment.deliver(frameOf(100, 5000), sender, 5000)

    await at.advance(2000)
    attachment.grant(1)

    expect(line.named('cargo').at(-1)).toMatchObject({ ttlMs: 3000 })
  })

  test('an attachment that ends hands back what it never sent', () => {
    const { attachment, sender, left, room } = pair()
    for (let count = 0; count < 40; count++) attachment.deliver(frameOf(), sender, 60_000)

    attachment.end('closed')

    expect(left).toEqual([8])
    expect(room.bytes).toBe(0)
    expect(attachment.deliver(frameOf(), sender, 60_000)).toBe('noSuchPeer')
  })

  test('a relay whose memory is used up says busy and counts why', () => {
    const at = clock()
    const line = new FakeLine()
    const sender = attachmentOver(new FakeLine(), at).attachment
    const attachment = new Attachment({
      clock: at,
      counters: new Counters(),
      room: new WaitingRoom(1000),
      line,
      id: '00'.repeat(8),
      address: connectorAddress(randomId(), randomId()),
      publicKey: '',
      ageMs: 3_600_000,
      heirOf: () => undefined,
      ended: () => {},
    })

    const results = Array.from({ length: 40 }, () => attachment.deliver(frameOf(400), sender, 60_000))

    expect(results.at(-1)).toBe('memoryFull')
  })
})

describe('life', () => {
  test('an idle peer is pinged after 5 s, give or take a tenth (PROTOCOL M-H23)', async () => {
    const { at, line, attachment } = pair()

    await pass(at, 4250, attachment)
    const early = line.named('ping').length
    await pass(at, 1500, attachment)

    expect(early).toBe(0)
    expect(line.named('ping')).toHaveLength(1)
  })

  test('a peer that says nothing for 15 s is cut, not later; one that pongs stays (PROTOCOL M-H23)', async () => {
    const { at, line, attachment, counters, sender, senderLine } = pair()

    for (let second = 0; second < 15; second++) {
      sender.heard()
      await pass(at, 1000, attachment, sender)
    }

    expect(line.ended).toBe('cut')
    expect(counters.ended.silent).toBe(1)
    expect(senderLine.ended).toBeUndefined()
  })

  test('setting the wall clock a day forward or back changes nothing (PROTOCOL M-H23)', async () => {
    const { at, line, attachment, sender } = pair()
    for (let count = 0; count < 33; count++) attachment.deliver(frameOf(), sender, 60_000)

    at.jumpWall(86_400_000)
    await pass(at, 1000, attachment)
    at.jumpWall(-2 * 86_400_000)
    await pass(at, 1000, attachment)
    attachment.grant(1)

    expect(line.ended).toBeUndefined()
    expect(line.named('cargo')).toHaveLength(33)
  })

  test('a peer that takes no byte for 10 s is cut although it still talks (PROTOCOL M-H24)', async () => {
    const { at, line, attachment, sender, counters } = pair()
    line.isStuck = true
    attachment.deliver(frameOf(), sender, 60_000)

    for (let second = 0; second < 9; second++) {
      attachment.heard()
      await pass(at, 1000, attachment)
    }
    const before = line.ended
    attachment.heard()
    await pass(at, 1000, attachment)

    expect(before).toBeUndefined()
    expect(line.ended).toBe('cut')
    expect(counters.ended.stalled).toBe(1)
  })

  test('pings above ten a second go unanswered and are counted', () => {
    const { line, attachment, counters } = pair()

    for (let sequence = 0; sequence < 1000; sequence++) attachment.answerPing(sequence)

    expect(line.named('pong')).toHaveLength(10)
    expect(counters.ignored.pingFlood).toBe(990)
  })

  test('a guest is sent away after 30 s (PROTOCOL M-H10)', async () => {
    const at = clock()
    const line = new FakeLine()
    const guest: Address = { role: 'guest', group: '00'.repeat(16), instance: randomId() }
    const { attachment } = attachmentOver(line, at, guest)

    for (let second = 0; second < 30; second++) {
      attachment.heard()
      await pass(at, 1000, attachment)
    }

    expect(line.named('refused')).toMatchObject([{ reason: 'spent' }])
    expect(line.ended).toBe('closed 1008')
  })

  test('a peer that lets the relay’s own frames pile up is cut', () => {
    const { line, attachment, counters } = pair()
    line.isStuck = true

    for (let count = 0; count < 30_000; count++) {
      attachment.tell({ type: 'undelivered', token: '00'.repeat(8), reason: 'busy', retryAfterMs: 1 })
    }

    expect(line.ended).toBe('cut')
    expect(counters.ended.slowReader).toBe(1)
    expect(line.waitingBytes).toBeLessThan(1024 * 1024)
  })
})
