import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileFailure } from '@sallygate/base/failures'
import { silentLog } from '@sallygate/base/log'
import { nacFeedLabel, signNacPage, type NacEntry } from '@sallygate/domain'
import { FakeClock } from '@sallygate/testkit'
import { makePrivateKey, publicKeyOf, signStatement } from '@sallygate/trust'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ModelFile, openModel } from '../read-model/model-file.ts'
import { deviceRecord, sampleDevice } from '../testing/sample-records.ts'
import { FeedReader } from './feed-reader.ts'

const key = makePrivateKey()
let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sallygate-feed-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

/** A feed that answers when there is something new. */
class Feed {
  #head = 3
  #wake: () => void = () => {}

  grow(head: number): void {
    this.#head = head
    this.#wake()
  }

  async ask({ path }: { readonly path: string }): Promise<unknown> {
    const query = new URL(path, 'http://console').searchParams
    const after = Number(query.get('after'))
    if (after >= this.#head) await new Promise<void>((resolve) => (this.#wake = resolve))
    const records = Array.from({ length: this.#head - after }, (_, at) => ({
      ...deviceRecord(sampleDevice(after + at + 1)),
      number: after + at + 1,
    })) as readonly NacEntry[]
    const [nonce, epoch, head] = [query.get('nonce') ?? '', 'a'.repeat(16), this.#head]
    const page = { format: 1, epoch, nonce, after, through: head, head, issuedAtMs: 1, records }
    return signNacPage(page, (bytes) => signStatement(nacFeedLabel, key, bytes))
  }
}

test('a full disk loses nothing: nac answers from memory, and the file is made whole when there is room', async () => {
  const clock = new FakeClock()
  const { model, file } = openModel({ path: join(home, 'model'), console: 'k', clock, log: silentLog })
  let isFull = true
  const full = () => fileFailure('DISK_FULL')
  const bounded = Object.create(file) as ModelFile
  Object.defineProperties(bounded, {
    append: {
      value: (...page: Parameters<ModelFile['append']>) => {
        if (isFull) throw full()
        file.append(...page)
      },
    },
    compact: {
      value: (whole: typeof model) => {
        if (isFull) throw full()
        file.compact(whole)
      },
    },
    isDueForCompaction: { get: () => false },
  })
  const feed = new Feed()
  const console_ = { key: publicKeyOf(key) } as never
  const parts = { clock, log: silentLog, console: console_, link: feed, file: bounded, model, onNewModel() {} }
  const reader = new FeedReader(parts)
  reader.start()
  await clock.advance(60_000)
  expect([model.devices.size, reader.state.failure]).toEqual([3, undefined])

  isFull = false
  await clock.advance(60_000)
  feed.grow(5)
  await clock.advance(1000)
  file.close()

  expect(model.devices.size).toBe(5)
  expect(openModel({ path: join(home, 'model'), console: 'k', clock, log: silentLog }).model.devices.size).toBe(5)
})
