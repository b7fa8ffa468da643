/**
 * A network of one's own: a namespace with a cable to this machine, on which packets are lost,
 * dropped or slowed down by the kernel itself.
 *
 * Needs root, `ip` and `nft`. This kernel may have no `netem`; delays are the lag proxy's.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { findProgram } from './peers.ts'

/** @returns why there can be none here. */
export function missingForNetwork(): string | undefined {
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  const missing = ['ip', 'nft', 'tc'].find((name) => findProgram(name) === undefined)
  if (missing !== undefined) return `${missing} is not installed (Debian packages iproute2, nftables)`
  const trial = spawnSync(findProgram('ip') ?? 'ip', ['netns', 'list'])
  return trial.status === 0 ? undefined : 'network namespaces cannot be made here'
}

let made = 0

export class Network {
  readonly name: string
  /** This machine, as seen from inside; on it everything that listens everywhere is reached. */
  readonly outside: string
  readonly inside: string
  /** A second address of this machine. */
  readonly alsoOutside: string
  readonly #cable: string
  readonly #onExit = () => this.close()

  private constructor(name: string, subnet: string) {
    this.name = name
    this.#cable = `${name}v`
    this.outside = `${subnet}.1`
    this.inside = `${subnet}.2`
    this.alsoOutside = `${subnet}.3`
  }

  static open(): Network {
    made++
    const name = `sg${(process.pid % 100_000).toString(36)}${made}`
    // 198.18/15 is for trials of networks: nothing real is there.
    const network = new Network(name, `198.18.${(process.pid * 7 + made) % 256}`)
    network.#open()
    return network
  }

  /** What has to stand before a command for it to run inside. */
  get entry(): readonly string[] {
    return [ip(), 'netns', 'exec', this.name]
  }

  /** All the names there are inside, with their addresses; other names are not found. */
  setNames(names: Readonly<Record<string, string>>): void {
    const lines = Object.entries({ localhost: '127.0.0.1', ...names }).map(([host, address]) => `${address} ${host}`)
    // In place: what a process inside looks at is this file, whatever stands under its name later.
    writeFileSync(`${this.#files}/hosts`, `${lines.join('\n')}\n`)
  }

  /** Nothing gets through in this direction, and nobody is told. */
  drop(direction: 'both' | 'in' | 'out'): void {
    this.clear()
    if (direction !== 'out') this.#nft('add rule inet t in iifname "eth0" drop')
    if (direction !== 'in') this.#nft('add rule inet t out oifname "eth0" drop')
  }

  /** Of the packets to and from this port such a share is lost, each way. */
  lose(percent: number, port: number): void {
    this.clear()
    this.#nft(`add rule inet t in tcp sport ${port} numgen random mod 100 < ${percent} drop`)
    this.#nft(`add rule inet t out tcp dport ${port} numgen random mod 100 < ${percent} drop`)
  }

  /** What leaves the namespace for this port goes no faster than this; everything else is as fast as before. */
  slow(kilobitsPerSecond: number, port: number): void {
    this.clear()
    const slowly = [`${kilobitsPerSecond}kbit`, 'ceil', `${kilobitsPerSecond}kbit`, 'burst', '3000', 'cburst', '3000']
    this.#tc('qdisc', 'add', 'dev', 'eth0', 'root', 'handle', '1:', 'htb', 'default', '1')
    this.#tc(
      'class',
      'add',
      'dev',
      'eth0',
      'parent',
      '1:',
      'classid',
      '1:1',
      'htb',
      'rate',
      '1gbit',
      'quantum',
      '60000',
    )
    this.#tc('class', 'add', 'dev', 'eth0', 'parent', '1:', 'classid', '1:2', 'htb', 'rate', ...slowly)
    this.#tc('qdisc', 'add', 'dev', 'eth0', 'parent', '1:2', 'handle', '2:', 'pfifo', 'limit', '40')
    this.#nft(`add rule inet t out oifname "eth0" tcp dport ${port} meta priority set 1:2`)
  }

  /** As if nothing had been done to it. */
  clear(): void {
    this.#nft('flush chain inet t in')
    this.#nft('flush chain inet t out')
    spawnSync(this.entry[0] as string, [...this.entry.slice(1), 'tc', 'qdisc', 'del', 'dev', 'eth0', 'root'])
  }

  get #files(): string {
    return `/etc/netns/${this.name}`
  }

  close(): void {
    process.off('exit', this.#onExit)
    rmSync(this.#files, { recursive: true, force: true })
    spawnSync(ip(), ['netns', 'delete', this.name])
    spawnSync(ip(), ['link', 'delete', this.#cable])
  }

  #open(): void {
    // A run that is cut short must not leave it behind.
    process.once('exit', this.#onExit)
    try {
      mkdirSync(this.#files, { recursive: true })
      writeFileSync(`${this.#files}/resolv.conf`, '')
      this.setNames({})
      run([ip(), 'netns', 'add', this.name])
      run([ip(), 'link', 'add', this.#cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.name])
      run([ip(), 'address', 'add', `${this.outside}/24`, 'dev', this.#cable])
      run([ip(), 'address', 'add', `${this.alsoOutside}/24`, 'dev', this.#cable])
      run([ip(), 'link', 'set', this.#cable, 'up'])
      run([...this.entry, ip(), 'address', 'add', `${this.inside}/24`, 'dev', 'eth0'])
      run([...this.entry, ip(), 'link', 'set', 'eth0', 'up'])
      run([...this.entry, ip(), 'link', 'set', 'lo', 'up'])
      this.#nft('add table inet t')
      this.#nft('add chain inet t in { type filter hook input priority 0 ; }')
      this.#nft('add chain inet t out { type filter hook output priority 0 ; }')
    } catch (error) {
      this.close()
      throw error
    }
  }

  #tc(...command: readonly string[]): void {
    run([...this.entry, 'tc', ...command])
  }

  #nft(command: string): void {
    run([...this.entry, 'nft', command])
  }
}

const ip = () => findProgram('ip') ?? 'ip'

function run([program = '', ...args]: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr.slice(0, 300)}`)
}
