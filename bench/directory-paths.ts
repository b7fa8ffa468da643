/**
 * The same directory look-up and password check three ways: directly, through `ssh -R`, and
 * through the gate; on loopback, and with 20 ms of round trip on the way between outside and inside.
 *
 *   npm run bench directory-paths
 *
 * All three use the same LDAP client code (the directory agent), timed at the caller.
 * Needs Debian's slapd and openssh-server.
 *
 * @module
 */
import { slapdBase, slapdPassword, slapdReader, startSlapd } from '../interop/directory/slapd.ts'
import { directoryService } from '@sallygate/service-directory/agent'
import { ServiceLife } from '@sallygate/service-kit'
import { startLagProxy, type LagProxy } from '@sallygate/testkit/lag-proxy'
import { testContext, testServiceHost } from '@sallygate/testkit/service-host'
import { load, type Measured } from './parts/load.ts'
import { Office } from './parts/office.ts'
import { startReverseTunnel } from './parts/ssh-tunnel.ts'
import { percentile, report, thinned, type Figure } from './report.ts'

const people = 1000
const seconds = Number(process.env['BENCH_SECONDS'] ?? 5)
const roundTripMs = 20
const uid = (at: number) => `u${String(at % people).padStart(5, '0')}`
const lookUp = (at: number) => ({ kind: 'users', match: { field: 'login', equals: uid(at) }, limit: 1 })
const bind = (at: number) => ({ user: uid(at), password: slapdPassword })

interface Way {
  readonly name: string
  readonly lookUp: (at: number) => Promise<unknown>
  readonly bind: (at: number) => Promise<unknown>
  readonly close: () => Promise<void>
}

const slapd = await startSlapd(people)
const settings = (port: number) => ({
  type: 'generic',
  servers: [{ host: 'localhost', port }],
  trust: slapd.authority,
  baseDn: slapdBase,
  bindDn: slapdReader.dn,
  bindPassword: slapdReader.password,
})

const nothing = async () => undefined

async function agentAt(name: string, port: number, close: () => Promise<unknown> = nothing): Promise<Way> {
  const life = new ServiceLife(directoryService, testServiceHost())
  const state = await life.configure(settings(port))
  if (state.kind === 'failed') throw new Error(state.reason)
  return {
    name,
    lookUp: (at) => life.run('search', lookUp(at), testContext()),
    bind: (at) => life.run('authenticate', bind(at), testContext()),
    close: async () => {
      await life.stop()
      await close()
    },
  }
}

/** A proxy on the way between inside and outside: half the round trip in each direction. */
async function far(port: number, proxies: LagProxy[]): Promise<number> {
  const proxy = await startLagProxy({ port }, { delayMs: roundTripMs / 2 })
  proxies.push(proxy)
  return proxy.port
}

async function throughSsh(isFar: boolean): Promise<Way> {
  const proxies: LagProxy[] = []
  const between = isFar ? (port: number) => far(port, proxies) : undefined
  const tunnel = await startReverseTunnel(slapd.ldapsPort, between)
  return agentAt('ssh -R', tunnel.port, async () => {
    await tunnel.stop()
    for (const proxy of proxies) await proxy.stop()
  })
}

async function throughGate(isFar: boolean): Promise<Way> {
  const proxies: LagProxy[] = []
  const office = await Office.open({
    allowTargets: [`localhost:${slapd.ldapsPort}`, `127.0.0.1:${slapd.ldapsPort}`],
    ...(isFar ? { between: (port: number) => far(port, proxies) } : {}),
  })
  await office.turnOnDirectory(settings(slapd.ldapsPort))
  return {
    name: 'Sallygate',
    lookUp: (at) => office.call('directory.search', lookUp(at)),
    bind: (at) => office.call('directory.authenticate', bind(at)),
    close: async () => {
      await office.close()
      for (const proxy of proxies) await proxy.stop()
    },
  }
}

type What = 'lookUp' | 'bind'
const measured = new Map<string, Measured>()
const key = (name: string, what: What, inFlight: number, isFar: boolean) =>
  `${name} ${what} ${inFlight}${isFar ? ' far' : ''}`

async function measure(way: Way, isFar: boolean): Promise<void> {
  try {
    for (const what of ['lookUp', 'bind'] as const) {
      // One answer that is looked at: what is measured must be the thing itself.
      requireRight(what, await way[what](7))
      for (const inFlight of [1, 32]) {
        const result = await load(way[what], { inFlight, seconds })
        if (result.failed > 0) notes.push(`${way.name}: ${result.failed} ${what} failed at ${inFlight} in flight`)
        measured.set(key(way.name, what, inFlight, isFar), result)
      }
    }
  } finally {
    await way.close()
  }
}

function requireRight(what: What, answer: unknown): void {
  const { entries, outcome } = answer as { entries?: { dn: string }[]; outcome?: string }
  if (what === 'lookUp' && entries?.[0]?.dn.startsWith(`uid=${uid(7)},`) !== true)
    throw new Error('not who was asked for')
  if (what === 'bind' && outcome !== 'accepted') throw new Error('not accepted')
}

const notes: string[] = []
await measure(await agentAt('direct', slapd.ldapsPort), false)
await measure(await throughSsh(false), false)
await measure(await throughGate(false), false)
await measure(await throughSsh(true), true)
await measure(await throughGate(true), true)
await slapd.stop()

const figures: Figure[] = []
for (const isFar of [false, true]) {
  for (const what of ['lookUp', 'bind'] as const) {
    for (const inFlight of [1, 32]) {
      const words = `${what === 'lookUp' ? 'look-up' : 'bind'}, ${inFlight} in flight${isFar ? `, ${roundTripMs} ms away` : ''}`
      const of = (name: string) => measured.get(key(name, what, inFlight, isFar))
      const [gate, ssh, direct] = [of('Sallygate'), of('ssh -R'), of('direct')]
      if (gate === undefined || ssh === undefined) continue
      const p50 = (one: Measured) => percentile(one.sorted, 0.5)
      const limit = isFar ? 1.1 : 4
      figures.push({
        name: `${words}: p50`,
        value: p50(gate),
        unit: 'ms',
        beside: { name: 'ssh -R', value: p50(ssh) },
        ...(inFlight === 1 && what === 'lookUp'
          ? { aim: { says: `at most ${limit} times`, isReached: p50(gate) <= p50(ssh) * limit } }
          : {}),
      })
      figures.push({
        name: `${words}: p99`,
        value: percentile(gate.sorted, 0.99),
        unit: 'ms',
        beside: { name: 'ssh -R', value: percentile(ssh.sorted, 0.99) },
      })
      figures.push({
        name: `${words}: throughput`,
        value: gate.perSecond,
        unit: '/s',
        beside: { name: 'ssh -R', value: ssh.perSecond },
        ...(inFlight === 32 && what === 'lookUp' && !isFar
          ? { aim: { says: 'a quarter', isReached: gate.perSecond * 4 >= ssh.perSecond } }
          : {}),
      })
      if (direct !== undefined)
        notes.push(`direct, ${words}: ${p50(direct).toFixed(2)} ms, ${direct.perSecond.toFixed(0)} /s`)
    }
  }
}
const distributions = Object.fromEntries([...measured].map(([name, { sorted }]) => [name, thinned(sorted)]))
report('directory-paths', 'one user found by name, one password checked, in OpenLDAP over LDAPS', figures, {
  distributions,
  notes,
})
