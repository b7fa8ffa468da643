/**
 * A *simulated* SMTP server that a test tells what to answer.
 *
 * Without a script it is polite and takes every message; a script sees each line first, and
 * the end of a message as `.`. It proves nothing about real servers; interop/mail does that.
 *
 * @module
 */
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'

export interface TakenMail {
  readonly from: string
  readonly recipients: readonly string[]
  /** As it was on the wire, dots undone. */
  readonly data: string
  readonly isEncrypted: boolean
}

export interface SmtpLine {
  /** Without its end; `.` for the end of a message, `` for a new connection. */
  readonly line: string
  /** Verb, upper case. */
  readonly verb: string
  readonly isEncrypted: boolean
  /** Lines on this connection before this one. */
  readonly index: number
  /** Adds the line end. */
  readonly say: (text: string) => void
  readonly raw: (bytes: string | Buffer) => void
  /** What the polite server does with it. */
  readonly usual: () => void
  /** Keeps the message and says nothing: as a server that has it, and whose answer is lost. */
  readonly take: () => void
  /** Closes at once, without a word. */
  readonly cut: () => void
}

export interface ScriptedSmtpOptions {
  readonly tls?: { readonly key: string; readonly cert: string }
  readonly isImplicit?: boolean
  /** Lines of the EHLO answer besides the name. Default: SIZE, and STARTTLS where there is a certificate. */
  readonly extensions?: (isEncrypted: boolean) => readonly string[]
  /** User and password that are accepted. Default: all. */
  readonly accounts?: Readonly<Record<string, string>>
  /** @returns true when it has dealt with the line. */
  readonly script?: (line: SmtpLine) => boolean | undefined
}

export interface ScriptedSmtp {
  readonly port: number
  readonly taken: readonly TakenMail[]
  /** Every line of every connection, in order. */
  readonly lines: readonly string[]
  readonly openConnections: number
  stop(): Promise<void>
}

const maxKeptLines = 10_000

export async function startScriptedSmtp(options: ScriptedSmtpOptions = {}): Promise<ScriptedSmtp> {
  const taken: TakenMail[] = []
  const lines: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    const told = { taken, lines }
    if (options.isImplicit === true) new Conversation(encrypted(socket, options), true, options, told).greet()
    else new Conversation(socket, false, options, told).greet()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    taken,
    lines,
    get openConnections() {
      return sockets.size
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function encrypted(socket: Socket, { tls }: ScriptedSmtpOptions): TLSSocket {
  const secured = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(tls ?? {}) })
  secured.on('error', () => secured.destroy())
  return secured
}

interface Told {
  readonly taken: TakenMail[]
  readonly lines: string[]
}

class Conversation {
  readonly #socket: Socket
  readonly #isEncrypted: boolean
  readonly #options: ScriptedSmtpOptions
  readonly #told: Told
  #pending = ''
  #index = 0
  #from = ''
  #recipients: string[] = []
  #data: string[] | undefined
  #login: { readonly kind: 'user' | 'password'; readonly user?: string } | undefined
  readonly #onData = (chunk: Buffer) => this.#receive(chunk)

  constructor(socket: Socket, isEncrypted: boolean, options: ScriptedSmtpOptions, told: Told) {
    this.#socket = socket
    this.#isEncrypted = isEncrypted
    this.#options = options
    this.#told = told
    socket.on('data', this.#onData)
  }

  greet(): void {
    this.#serve('', () => this.#say('220 scripted.test ESMTP (simulated)'))
  }

  #receive(chunk: Buffer): void {
    this.#pending += chunk.toString('latin1')
    for (let end = this.#pending.indexOf('\r\n'); end !== -1; end = this.#pending.indexOf('\r\n')) {
      const line = this.#pending.slice(0, end)
      this.#pending = this.#pending.slice(end + 2)
      if (this.#data !== undefined && line !== '.') {
        this.#data.push(line.startsWith('.') ? line.slice(1) : line)
        continue
      }
      if (this.#told.lines.length < maxKeptLines) this.#told.lines.push(line)
      this.#serve(line, () => this.#usual(line))
    }
  }

  #serve(line: string, usual: () => void): void {
    const asked: SmtpLine = {
      line,
      verb: (line.split(' ')[0] ?? '').toUpperCase(),
      isEncrypted: this.#isEncrypted,
      index: this.#index++,
      say: (text) => this.#say(text),
      raw: (bytes) => void this.#socket.write(bytes),
      usual,
      take: () => this.#keep(),
      cut: () => this.#socket.destroy(),
    }
    if (this.#options.script?.(asked) !== true) usual()
  }

  #say(text: string): void {
    if (!this.#socket.destroyed) this.#socket.write(`${text}\r\n`)
  }

  #usual(line: string): void {
    if (this.#data !== undefined) return this.#take()
    if (this.#login !== undefined) return this.#signIn(line)
    const [verb = '', ...rest] = line.split(' ')
    switch (verb.toUpperCase()) {
      case 'EHLO':
        return this.#hello()
      case 'STARTTLS':
        return this.#startTls()
      case 'AUTH':
        return this.#auth(rest[0] ?? '', rest[1])
      case 'MAIL':
        this.#from = addressIn(line)
        this.#recipients = []
        return this.#say('250 2.1.0 Ok')
      case 'RCPT':
        this.#recipients.push(addressIn(line))
        return this.#say('250 2.1.5 Ok')
      case 'DATA':
        this.#data = []
        return this.#say('354 End data with <CR><LF>.<CR><LF>')
      case 'RSET':
      case 'NOOP':
      case 'HELO':
        return this.#say('250 2.0.0 Ok')
      case 'QUIT':
        this.#say('221 2.0.0 Bye')
        this.#socket.end()
        return undefined
      default:
        return this.#say('500 5.5.2 What?')
    }
  }

  #hello(): void {
    const canStart = this.#options.tls !== undefined && !this.#isEncrypted
    const own = this.#options.extensions?.(this.#isEncrypted) ?? ['SIZE 10240000', ...(canStart ? ['STARTTLS'] : [])]
    const all = ['scripted.test', ...own]
    for (const [at, text] of all.entries()) this.#say(`250${at === all.length - 1 ? ' ' : '-'}${text}`)
  }

  #startTls(): void {
    this.#say('220 2.0.0 Ready')
    this.#socket.off('data', this.#onData)
    new Conversation(encrypted(this.#socket, this.#options), true, this.#options, this.#told)
  }

  #auth(mechanism: string, initial: string | undefined): void {
    if (mechanism === 'PLAIN' && initial !== undefined) {
      const [, user = '', password = ''] = Buffer.from(initial, 'base64').toString('utf8').split('\0')
      return this.#decide(user, password)
    }
    if (mechanism === 'LOGIN') {
      this.#login = { kind: 'user' }
      return this.#say('334 VXNlcm5hbWU6')
    }
    return this.#say('235 2.7.0 Accepted')
  }

  #signIn(line: string): void {
    const text = Buffer.from(line, 'base64').toString('utf8')
    if (this.#login?.kind === 'user') {
      this.#login = { kind: 'password', user: text }
      return this.#say('334 UGFzc3dvcmQ6')
    }
    const user = this.#login?.user ?? ''
    this.#login = undefined
    return this.#decide(user, text)
  }

  #decide(user: string, password: string): void {
    const { accounts } = this.#options
    const isRight = accounts === undefined || accounts[user] === password
    this.#say(isRight ? '235 2.7.0 Accepted' : '535 5.7.8 Wrong')
  }

  #take(): void {
    this.#keep()
    this.#say('250 2.0.0 Ok: queued as 17')
  }

  #keep(): void {
    const data = `${(this.#data ?? []).join('\r\n')}\r\n`
    this.#data = undefined
    this.#told.taken.push({ from: this.#from, recipients: this.#recipients, data, isEncrypted: this.#isEncrypted })
  }
}

const addressIn = (line: string) => /<([^>]*)>/.exec(line)?.[1] ?? ''
