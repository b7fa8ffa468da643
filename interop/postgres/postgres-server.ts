/**
 * PostgreSQL on loopback: a data directory of its own, scram, databases on demand.
 *
 * @module
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { Secret } from '@sallygate/base/secret'
import type { PostgresConnection } from '@sallygate/store'
import { findProgram } from '@sallygate/testkit/peers'
import { freePort } from '../directory/peer-process.ts'

const installations = '/usr/lib/postgresql'
const owner = 'app'
const password = 'only for tests'

/** @returns the newest version on this machine, with its programs; or why there is none. */
export function findPostgres(): { readonly bin: string; readonly version: string } | { readonly missing: string } {
  const versions = listVersions().toSorted((a, b) => Number(b) - Number(a))
  const version = versions.find((it) => existsSync(join(installations, it, 'bin', 'postgres')))
  if (version === undefined) return { missing: 'PostgreSQL is not installed (Debian package postgresql)' }
  const isRoot = process.getuid?.() === 0
  if (isRoot && findProgram('setpriv') === undefined) {
    return { missing: 'PostgreSQL refuses root, and setpriv is not installed (Debian package util-linux)' }
  }
  return { bin: join(installations, version, 'bin'), version }
}

function listVersions(): readonly string[] {
  try {
    return readdirSync(installations).filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}

interface MoreOfServer {
  readonly settings?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
}

export class PostgresServer {
  readonly port: number
  readonly version: string
  readonly #home: string
  readonly #bin: string
  #process: ChildProcess | undefined
  #made = 0

  private constructor(home: string, bin: string, version: string, port: number) {
    this.#home = home
    this.#bin = bin
    this.version = version
    this.port = port
  }

  /** @param more Lines of its configuration, of which the last one of a name counts; and files beside its data. */
  static async start(bin: string, version: string, more: MoreOfServer = {}): Promise<PostgresServer> {
    const home = mkdtempSync(join(tmpdir(), 'postgres-'))
    const server = new PostgresServer(home, bin, version, await freePort())
    try {
      server.#initialize(more)
      await server.resume()
      return server
    } catch (error) {
      rmSync(home, { recursive: true, force: true })
      throw error
    }
  }

  /** An empty database, and how to reach it. */
  async makeDatabase(options = `encoding 'UTF8' template template0`): Promise<PostgresConnection> {
    const database = `test_${++this.#made}`
    await this.run('postgres', `create database ${database} ${options}`)
    return this.connectionTo(database)
  }

  connectionTo(database: string): PostgresConnection {
    return { host: '127.0.0.1', port: this.port, database, user: owner, password: new Secret(password) }
  }

  /** Runs statements as the owner of everything. */
  async run(database: string, text: string): Promise<readonly Record<string, unknown>[]> {
    const client = new pg.Client({ host: '127.0.0.1', port: this.port, database, user: owner, password })
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(text)).rows
    } finally {
      await client.end()
    }
  }

  /** As in a power cut: nobody is told. */
  async crash(): Promise<void> {
    await this.#end('SIGQUIT')
  }

  /** Holds the processes that serve one database: the connections stay, and nothing answers. @returns how to let go. */
  async freeze(database: string): Promise<() => void> {
    const rows = await this.run('postgres', `select pid from pg_stat_activity where datname = '${database}'`)
    const pids = rows.map(({ pid }) => Number(pid))
    for (const pid of pids) process.kill(pid, 'SIGSTOP')
    return () => pids.forEach(letGo)
  }

  /** Holds the whole server: connections stay and new ones are taken by the machine, and nothing answers. @returns how to let go. */
  async freezeAll(): Promise<() => void> {
    const rows = await this.run('postgres', 'select pid from pg_stat_activity')
    const own = this.#process?.pid
    // The one that starts others first, so that nothing is left out.
    const pids = [...(own === undefined ? [] : [own]), ...rows.map(({ pid }) => Number(pid))].filter(isThere)
    for (const pid of pids) process.kill(pid, 'SIGSTOP')
    return () => pids.forEach(letGo)
  }

  /** Comes up, for the first time or again. */
  async resume(): Promise<void> {
    const log = openSync(join(this.#home, 'log'), 'a')
    const [program = '', ...args] = this.#command('postgres', '-D', join(this.#home, 'data'))
    this.#process = spawn(program, args, { stdio: ['ignore', log, log], cwd: this.#home })
    const until = performance.now() + 20_000
    while (!(await this.#answers())) {
      if (this.#process.exitCode !== null || performance.now() > until) {
        throw new Error(`PostgreSQL did not come up: ${readFileSync(join(this.#home, 'log'), 'utf8').slice(-1000)}`)
      }
      await new Promise<void>((resolve) => setTimeout(resolve, 20))
    }
  }

  async stop(): Promise<void> {
    await this.#end('SIGINT')
    rmSync(this.#home, { recursive: true, force: true })
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const running = this.#process
    this.#process = undefined
    if (running === undefined || running.exitCode !== null) return
    const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()))
    running.kill(signal)
    await ended
  }

  #initialize(more: MoreOfServer): void {
    const data = join(this.#home, 'data')
    const secret = join(this.#home, 'password')
    const files = Object.entries({ password, ...more.files })
    for (const [name, content] of files) writeFileSync(join(this.#home, name), content, { mode: 0o600 })
    if (process.getuid?.() === 0) {
      const { uid, gid } = postgresUser()
      for (const name of ['.', ...files.map(([file]) => file)]) chownSync(join(this.#home, name), uid, gid)
    }
    chmodSync(this.#home, 0o700)
    const flags = ['-A', 'scram-sha-256', '--no-locale', '-E', 'UTF8', '--no-sync']
    const [program = '', ...args] = this.#command('initdb', '-D', data, '-U', owner, `--pwfile=${secret}`, ...flags)
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8', cwd: this.#home, timeout: 60_000 })
    if (status !== 0) throw new Error(`initdb ended with ${status}: ${stderr}`)
    // What a crash of the machine would do to the data is not what is looked at here.
    const settings = ['fsync = off', `port = ${this.port}`, `listen_addresses = '127.0.0.1'`, `shared_buffers = 32MB`]
    appendFileSync(
      join(data, 'postgresql.conf'),
      [...settings, `unix_socket_directories = ''`, ...(more.settings ?? []), ''].join('\n'),
    )
  }

  /** PostgreSQL refuses to run as root. */
  #command(name: string, ...args: readonly string[]): readonly string[] {
    const program = join(this.#bin, name)
    if (process.getuid?.() !== 0) return [program, ...args]
    const { uid, gid } = postgresUser()
    return [findProgram('setpriv') ?? 'setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', program, ...args]
  }

  #answers(): Promise<boolean> {
    return this.run('postgres', 'select 1').then(
      () => true,
      () => false,
    )
  }
}

/** One that has ended in between needs nothing. */
function letGo(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function isThere(pid: number): boolean {
  return existsSync(`/proc/${pid}`)
}

function postgresUser(): { uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((it) => it.startsWith('postgres:'))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid === undefined || gid === undefined) throw new Error('there is no user postgres')
  return { uid: Number(uid), gid: Number(gid) }
}
