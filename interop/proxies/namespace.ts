/**
 * A network of its own for one program: a namespace with a single cable to this machine, and a firewall that counts.
 *
 * Allowed is one port of one address. What goes anywhere else is dropped and counted, name
 * servers and IPv6 included, so that a test can say that nothing did.
 *
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { findProgram } from '@sallygate/testkit/peers'
import { runProgram } from '../directory/peer-process.ts'

export interface Namespace {
  /** This machine, seen from inside. */
  readonly outside: string
  /** Packets that were dropped because they went another way, and those that went the allowed one. */
  counted(): { readonly elsewhere: number; readonly allowed: number }
  allow(port: number): void
  spawn(program: string, args: readonly string[], logTo: (text: string) => void): ChildProcess
  stop(): Promise<void>
}

/** @returns why there can be none here. */
export function missingForNamespace(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root may make a network namespace'
  for (const [program, from] of [
    ['ip', 'iproute2'],
    ['nft', 'nftables'],
  ] as const) {
    if (findProgram(program) === undefined) return `${program} is not installed (Debian package ${from})`
  }
  const name = `sgtry${process.pid}`
  try {
    runProgram('ip', ['netns', 'add', name])
    runProgram('ip', ['netns', 'exec', name, 'nft', 'add', 'table', 'inet', 'trial'])
    return undefined
  } catch {
    return 'network namespaces or nftables do not work on this machine'
  } finally {
    try {
      runProgram('ip', ['netns', 'delete', name])
    } catch {
      // It was not made.
    }
  }
}

export function makeNamespace(): Namespace {
  const tag = `${process.pid % 10_000}${Math.floor(Math.random() * 90 + 10)}`
  const [name, here, there] = [`sg${tag}`, `sgo${tag}`, `sgi${tag}`]
  // The block for benchmarks (RFC 2544): whatever else this machine is attached to, it is not there.
  const block = `198.18.${Math.floor(Math.random() * 254) + 1}`
  const [outside, inside] = [`${block}.1`, `${block}.2`]
  const children = new Set<ChildProcess>()
  const within = (...args: readonly string[]) => runProgram('ip', ['netns', 'exec', name, ...args])
  runProgram('ip', ['netns', 'add', name])
  try {
    runProgram('ip', ['link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', name])
    runProgram('ip', ['addr', 'add', `${outside}/24`, 'dev', here])
    runProgram('ip', ['link', 'set', here, 'up'])
    within('ip', 'link', 'set', 'lo', 'up')
    within('ip', 'addr', 'add', `${inside}/24`, 'dev', there)
    within('ip', 'link', 'set', there, 'up')
    // Everything has a route, so that what is meant for elsewhere is sent, and counted.
    within('ip', 'route', 'add', 'default', 'via', outside)
    mkdirSync(`/etc/netns/${name}`, { recursive: true })
    // A name server that exists as far as anybody inside can tell.
    writeFileSync(`/etc/netns/${name}/resolv.conf`, `nameserver ${outside}\noptions timeout:1 attempts:1\n`)
  } catch (error) {
    runProgram('ip', ['netns', 'delete', name])
    throw error
  }
  // A run that is cut short must not leave a network behind.
  const remove = () => {
    runProgram('ip', ['netns', 'delete', name])
    rmSync(`/etc/netns/${name}`, { recursive: true, force: true })
  }
  process.once('exit', remove)
  const rules = (allowed: readonly string[]) =>
    [
      'flush ruleset',
      'table inet out {',
      '  counter elsewhere { }',
      '  counter allowed { }',
      '  chain output {',
      '    type filter hook output priority 0; policy drop;',
      '    oifname "lo" accept',
      // What the kernel itself says to its neighbours on the cable: no program has sent it.
      '    meta nfproto ipv6 icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld2-listener-report } drop',
      ...allowed.map((rule) => `    ${rule} counter name allowed accept`),
      '    counter name elsewhere drop',
      '  }',
      '}',
      '',
    ].join('\n')
  const load = (allowed: readonly string[]) =>
    runProgram('ip', ['netns', 'exec', name, 'nft', '-f', '-'], rules(allowed))
  load([])
  return {
    outside,
    allow: (port) => void load([`ip daddr ${outside} tcp dport ${port}`]),
    counted() {
      const answer = JSON.parse(within('nft', '-j', 'list', 'counters')) as {
        readonly nftables: readonly { readonly counter?: { readonly name: string; readonly packets: number } }[]
      }
      const of = (counter: string) =>
        answer.nftables.find((one) => one.counter?.name === counter)?.counter?.packets ?? NaN
      return { elsewhere: of('elsewhere'), allowed: of('allowed') }
    },
    spawn(program, args, logTo) {
      const child = spawn('ip', ['netns', 'exec', name, program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
      children.add(child)
      child.once('exit', () => children.delete(child))
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => logTo(chunk.toString('utf8')))
      return child
    },
    async stop() {
      for (const child of children) {
        child.kill('SIGKILL')
        await once(child, 'exit')
      }
      process.off('exit', remove)
      remove()
    },
  }
}
