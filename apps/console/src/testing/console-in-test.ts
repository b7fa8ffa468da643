/**
 * A whole console in a directory of its own, with a clock that stands still. Imported only from tests.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog, type Log } from '@sallygate/base/log'
import { FakeClock } from '@sallygate/testkit'
import { consoleSettings, startConsole, type Console } from '../index.ts'

export const rootKey = `sgk_${'A'.repeat(43)}`
export const rootPassword = 'correct horse battery'

export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  /** Without the trace id, which is never the same. */
  readonly text: string
  readonly cookie: string | undefined
}

export interface Ask {
  readonly body?: unknown
  /** A bearer key, unless `headers` say otherwise. */
  readonly key?: string | undefined
  /** A session cookie, sent as our own pages send it. */
  readonly session?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
}

export interface ConsoleInTest {
  readonly console: Console
  readonly clock: FakeClock
  readonly home: string
  readonly origin: string
  ask(method: string, path: string, ask?: Ask): Promise<Answer>
  /** Signs in and gives the token. */
  signIn(user: string, password: string): Promise<string>
  stop(): Promise<void>
}

export async function consoleInTest(
  options: {
    readonly hasAdmin?: boolean
    readonly log?: Log
    readonly home?: string
    readonly settings?: Readonly<Record<string, unknown>>
  } = {},
): Promise<ConsoleInTest> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'sallygate-console-'))
  writeFileSync(join(home, 'password'), `${rootPassword}\n`, { mode: 0o600 })
  writeFileSync(join(home, 'key'), `${rootKey}\n`, { mode: 0o600 })
  const first = { firstAdminPasswordFile: join(home, 'password'), firstApiKeyFile: join(home, 'key') }
  const values = { home, port: 0, ...(options.hasAdmin === false ? {} : first), ...options.settings }
  const clock = new FakeClock()
  const console = await startConsole(consoleSettings.parse([{ name: 'test', values }]), {
    clock,
    log: options.log ?? silentLog,
  })
  const ask = (method: string, path: string, more: Ask = {}) => send(console.url, method, path, more)
  return {
    console,
    clock,
    home,
    origin: console.url,
    ask,
    async signIn(user, password) {
      const answer = await ask('POST', '/api/session', { body: { user, password } })
      return tokenOf(answer) ?? ''
    },
    async stop() {
      await console.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

export function tokenOf({ cookie }: Answer): string | undefined {
  return /^sallygate_session=([^;]*)/.exec(cookie ?? '')?.[1]
}

/** Sends the path exactly as it is; fetch would tidy it up. */
function send(origin: string, method: string, path: string, { body, key, session, headers }: Ask): Promise<Answer> {
  const { hostname: host, port } = new URL(origin)
  const text = body === undefined ? undefined : JSON.stringify(body)
  const all = {
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(session === undefined ? {} : { cookie: `sallygate_session=${session}`, origin, 'x-sallygate': 'web' }),
    ...(text === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
    ...headers,
  }
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, method, path, headers: all, agent: false }, (answer) => {
      let said = ''
      answer.setEncoding('utf8').on('data', (part: string) => (said += part))
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          body: parse(said),
          text: said.replace(/"traceId":"\w+"/, ''),
          cookie: answer.headers['set-cookie']?.[0],
        }),
      )
    })
    sent.on('error', reject).end(text)
  })
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>
  } catch {
    return {}
  }
}
