/**
 * The checker: after whatever was done, reads every book there is and asks whether it still is true.
 *
 * Nothing that must not be repeated ran twice, nothing that was acknowledged is missing, nothing
 * ran for the wrong group, and memory and descriptors are back where they were.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { decodeFrames } from '../../apps/connector/src/journal-frame.ts'
import type { PartProcess } from '@sallygate/testkit/part-process'
import { pause, type Rig } from './rig.ts'

export interface Inspection {
  /** What is wrong; empty is what a scenario hopes for. */
  readonly findings: readonly string[]
  readonly facts: Readonly<Record<string, number>>
}

/** What JIT, caches and pools may keep. What piles up with every call is more. */
const memoryGrowthBytes = 32 * 1024 * 1024
const descriptorGrowth = 12

export async function inspect(rig: Rig): Promise<Inspection> {
  const findings: string[] = []
  const facts: Record<string, number> = {}
  const binds = bindsByUser(readFileSync(rig.slapd.logFile, 'utf8'))
  facts['binds'] = [...binds.values()].reduce((sum, one) => sum + one, 0)
  for (const [user, { asked, answered }] of rig.signIns) {
    const done = binds.get(user) ?? 0
    if (done > asked) findings.push(`${user} was bound ${done} times for ${asked} sign-ins`)
    if (done < answered) findings.push(`${user} was told ${answered} answers and bound ${done} times`)
  }
  for (const user of binds.keys()) if (!rig.signIns.has(user)) findings.push(`${user} was bound and nobody asked`)
  for (const name of rig.connectors.keys()) findings.push(...journalFindings(name, rig.journal(name)))
  findings.push(...(await chains(rig, facts)))
  findings.push(...(await groups(rig, facts)))
  rig.disconnect()
  for (const part of rig.parts) findings.push(...(await held(rig, part, facts)))
  return { findings, facts }
}

/** Every password that slapd was asked about, by uid. The reader's own binds are not sign-ins. */
function bindsByUser(log: string): ReadonlyMap<string, number> {
  const counted = new Map<string, number>()
  for (const [, uid = ''] of log.matchAll(/ BIND dn="uid=([^,"]+),[^"]*" method=128/g)) {
    counted.set(uid, (counted.get(uid) ?? 0) + 1)
  }
  return counted
}

/** Whole up to a torn tail, and no key begun twice. */
function journalFindings(name: string, content: Buffer | undefined): readonly string[] {
  if (content === undefined || content.length === 0) return []
  try {
    const { frames } = decodeFrames(content)
    const batches = frames.filter(({ kind }) => kind === 'batch').flatMap(({ records }) => records)
    const intents = batches.filter(({ kind }) => kind === 'intent').map(({ key }) => Buffer.from(key).toString('hex'))
    const twice = intents.filter((key, at) => intents.indexOf(key) !== at)
    return twice.map((key) => `${name} began ${key} twice`)
  } catch (error) {
    return [`the journal of ${name} cannot be read: ${String(error)}`]
  }
}

async function chains(rig: Rig, facts: Record<string, number>): Promise<readonly string[]> {
  const findings: string[] = []
  for (const path of ['/api/audit/verify', '/api/requests/verify']) {
    const { status, body } = await rig.api('GET', path)
    if (status !== 200 || body.ok !== true) findings.push(`${path} says ${status} ${JSON.stringify(body)}`)
    else facts[path.includes('audit') ? 'auditRows' : 'requestRows'] = Number(body.rows)
  }
  return findings
}

/** The request log of a group holds what its own connectors were asked, and nobody else's does: every row of every group. */
async function groups(rig: Rig, facts: Record<string, number>): Promise<readonly string[]> {
  const strange: string[] = []
  const own = new Set(rig.connectors.keys())
  const { body } = await rig.api('GET', '/api/groups')
  let rows = 0
  for (const { id, name } of body.groups as readonly { id: string; name: string }[]) {
    const known = id === rig.group ? own : new Set<string>()
    for await (const { connector } of requestsOf(rig, id)) {
      rows++
      if (connector !== undefined && !known.has(connector)) strange.push(`a request of ${name} went to ${connector}`)
    }
  }
  facts['requests of all groups'] = rows
  return strange
}

async function* requestsOf(rig: Rig, group: string): AsyncGenerator<{ readonly connector?: string }> {
  let cursor: string | undefined
  do {
    const after: string = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const { status, body } = await rig.api('GET', `/api/groups/${group}/requests?limit=1000${after}`)
    if (status !== 200) throw new Error(`the request log of ${group} says ${status}`)
    yield* body.requests as readonly { readonly connector?: string }[]
    cursor = body.nextCursor as string | undefined
  } while (cursor !== undefined)
}

async function held(rig: Rig, part: PartProcess, facts: Record<string, number>): Promise<readonly string[]> {
  const baseline = rig.baselines.get(part.name)
  if (baseline === undefined || !part.isRunning) return []
  const mebibytes = (bytes: number) => Math.round(bytes / 1024 / 1024)
  let findings: string[] = []
  // Sockets and ciphers give back a little later what they used; what piles up never does.
  for (let tries = 0; tries < 10; tries++) {
    findings = []
    const { heldBytes } = await part.memory()
    const { descriptors } = part
    facts[`${part.name} MiB`] = mebibytes(heldBytes)
    if (heldBytes > baseline.memory.heldBytes + memoryGrowthBytes) {
      findings.push(`${part.name} holds ${mebibytes(heldBytes)} MiB, before ${mebibytes(baseline.memory.heldBytes)}`)
    }
    if (descriptors > baseline.descriptors + descriptorGrowth) {
      findings.push(`${part.name} has ${descriptors} descriptors, before ${baseline.descriptors}`)
    }
    if (findings.length === 0) return []
    await pause(1000)
  }
  return findings
}
