/**
 * Looking into a part while it works, by its inspector: where its processor time goes, and for how long its turns kept
 * everybody else waiting.
 *
 * Nothing of this is in the program: Node opens its inspector on loopback when it gets SIGUSR1.
 *
 * @module
 */
import { writeFileSync } from 'node:fs'

/** Where Node listens unless told otherwise; so one part at a time. */
const inspector = 'http://127.0.0.1:9229/json/list'
const reachableWithinMs = 10_000

export class Watch {
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>()
  #next = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      const { id, result, error } = JSON.parse(String(data)) as { id?: number; result?: unknown; error?: unknown }
      const waiting = id === undefined ? undefined : this.#waiting.get(id)
      if (id === undefined || waiting === undefined) return
      this.#waiting.delete(id)
      if (error === undefined) waiting.resolve(result)
      else waiting.reject(new Error(JSON.stringify(error)))
    })
  }

  static async open(pid: number): Promise<Watch> {
    if ((await addressOf()) !== undefined) throw new Error('another program has its inspector open')
    process.kill(pid, 'SIGUSR1')
    const began = performance.now()
    for (;;) {
      const url = await addressOf()
      if (url !== undefined) {
        const socket = new WebSocket(url)
        await new Promise((resolve, reject) => {
          socket.addEventListener('open', resolve, { once: true })
          socket.addEventListener('error', reject, { once: true })
        })
        return new Watch(socket)
      }
      if (performance.now() - began > reachableWithinMs) throw new Error(`the inspector of ${pid} did not open`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async startProfile(): Promise<void> {
    await this.#ask('Profiler.enable')
    await this.#ask('Profiler.start')
  }

  /** To be opened in a browser's tools. */
  async writeProfile(file: string): Promise<void> {
    const { profile } = (await this.#ask('Profiler.stop')) as { profile: unknown }
    writeFileSync(file, JSON.stringify(profile))
  }

  /** Turns of the event loop from now on: how much later than it should a timer of a millisecond came. */
  async startDelays(): Promise<void> {
    await this.#evaluate(
      `globalThis.benchDelays = process.getBuiltinModule('node:perf_hooks').monitorEventLoopDelay({ resolution: 1 }); benchDelays.enable();`,
    )
  }

  async delays(): Promise<{ readonly p99Ms: number; readonly maxMs: number }> {
    const text = await this.#evaluate(
      `benchDelays.disable(); JSON.stringify({ p99Ms: benchDelays.percentile(99) / 1e6, maxMs: benchDelays.max / 1e6 })`,
    )
    return JSON.parse(text) as { p99Ms: number; maxMs: number }
  }

  close(): void {
    this.#socket.close()
  }

  async #evaluate(expression: string): Promise<string> {
    const said = (await this.#ask('Runtime.evaluate', { expression, returnByValue: true })) as {
      result: { value?: unknown }
      exceptionDetails?: unknown
    }
    if (said.exceptionDetails !== undefined) throw new Error(JSON.stringify(said.exceptionDetails))
    return String(said.result.value)
  }

  #ask(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#next
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#socket.send(JSON.stringify({ id, method, params }))
    })
  }
}

/** `undefined` while nobody is there. */
async function addressOf(): Promise<string | undefined> {
  try {
    const [target] = (await (await fetch(inspector)).json()) as { webSocketDebuggerUrl: string }[]
    return target?.webSocketDebuggerUrl
  } catch {
    return undefined
  }
}
