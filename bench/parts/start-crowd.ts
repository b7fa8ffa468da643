/**
 * A crowd of attached ends in two processes, and how many of them stand.
 *
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { randomId, rawPublicKey, type AdmissionEntry } from '@sallygate/hop'
import type { BenchRelay } from './attached.ts'
import type { CrowdOrder } from './crowd.ts'
import { until } from './processes.ts'

export interface Crowd {
  readonly count: number
  attached(): number
  stop(): void
}

const processes = 2

export async function startCrowd(relay: BenchRelay, count: number): Promise<Crowd> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const publicKey = rawPublicKey(privateKey)
  const group = randomId()
  const instances = Array.from({ length: count }, () => randomId())
  const entries = instances.map((instance): AdmissionEntry => ({ role: 'connector', group, instance, publicKey }))
  await relay.admit(entries)
  const key = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64')
  const counts = Array.from({ length: processes }, () => 0)
  const children = counts.map((_, at): ChildProcess => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'crowd.ts')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const order: CrowdOrder = {
      url: relay.url,
      relay: relay.relay,
      authority: relay.authority,
      group,
      instances: instances.filter((_one, index) => index % processes === at),
      key,
    }
    child.stdin.write(`${JSON.stringify(order)}\n`)
    createInterface({ input: child.stdout }).on('line', (line) => (counts[at] = Number(line)))
    return child
  })
  const attached = () => counts.reduce((sum, one) => sum + one, 0)
  await until(() => attached() === count, `${count} attachments`, 300_000)
  return {
    count,
    attached,
    stop: () => {
      for (const child of children) child.kill()
    },
  }
}
