/** T54: what a mail server, or somebody on the line, may do to us, and what nobody may do through us. */
import { createLog } from '@sallygate/base/log'
import { testContext } from '@sallygate/testkit/service-host'
import { makeTlsAuthority, type TlsAuthority, type TlsServerIdentity } from '@sallygate/testkit/tls-server-identity'
import fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { isHeaderText, isMailAddress } from '../contract.ts'
import { transparent } from './compose.ts'
import { mail, open, send, stopAll } from './testing/office.ts'

let authority: TlsAuthority
let identity: TlsServerIdentity
beforeAll(async () => {
  authority = await makeTlsAuthority()
  identity = await authority.issue(['localhost'])
})
afterEach(stopAll)

const failure = (code: string) => expect.objectContaining({ code })
const required = () => ({ encryption: 'required' as const, trust: authority.certificate })

describe('nothing is smuggled through us', () => {
  const breaks = ['\r', '\n', '\r\n', '\0', '\u2028', '\u0085']

  test.each(breaks)(
    'a break (%j) in an address, a subject or an identifier is refused before anything is dialed',
    async (sign) => {
      const { server, life } = await open()
      const attacks = [
        { recipients: [`ada@example.com${sign}RCPT TO:<eve@evil.test>`] },
        { to: [`ada${sign}Bcc: eve@evil.test@example.com`] },
        { subject: `Hello${sign}Bcc: eve@evil.test` },
        { messageId: `17@example.com${sign}X: y` },
      ]

      for (const attack of attacks) {
        await expect(life.run('send', mail(attack), testContext())).rejects.toEqual(
          failure('SERVICE_PARAMETERS_INVALID'),
        )
      }

      expect(server.lines).toEqual([])
    },
  )

  test('no text that passes for an address or a header can end a line, a bracket or an argument', () => {
    const letter = fc.integer({ max: 0x2fff, min: 0 }).map((code) => String.fromCodePoint(code))
    fc.assert(
      fc.property(fc.array(letter, { maxLength: 3 }), fc.boolean(), (letters, isBehind) => {
        // Close to an address, or nothing would ever pass for one.
        const strange = letters.join('')
        const text = isBehind ? `ada@example${strange}.com` : `ada${strange}@example.com`
        if (isMailAddress(text)) expect(text).toMatch(/^[^\p{Cc}\s<>",;:\\()[\]]+$/u)
        if (isHeaderText(text)) expect(text).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
      }),
      { numRuns: 2000 },
    )
    for (const good of ['ada@example.com', "o'neill+x@sub.example.org", 'jörg@bücher.example']) {
      expect(isMailAddress(good)).toBe(true)
    }
    for (const bad of [
      'ada',
      '@x',
      'a@',
      'a..b@x',
      'a@x y',
      '<a@x>',
      'a@[127.0.0.1]',
      '"a b"@x',
      'a@x>',
      'a,b@x',
      '-@-',
      `${'a'.repeat(65)}@x`,
    ]) {
      expect([bad, isMailAddress(bad)]).toEqual([bad, false])
    }
  })

  test('whatever is in a message, only its own end looks like the end to any server', () => {
    const pieces = fc.array(fc.constantFrom('\r', '\n', '.', '\r\n.\r\n', '\n.\n', '\r.\r', 'MAIL FROM:<x>', 'a'))
    fc.assert(
      fc.property(pieces, (parts) => {
        const wire = transparent(Buffer.from(parts.join(''), 'latin1')).toString('latin1')

        // Not one of the ways in which servers have read an end (SMTP smuggling, 2023).
        for (const end of [/\r\n\.\r\n/, /(?<!\r)\n/, /\r(?!\n)/, /^\.\r\n/]) expect(wire).not.toMatch(end)
        expect(wire.endsWith('\r\n')).toBe(true)
      }),
    )
  })

  test('any subject and any text arrive as one value', async () => {
    const { server, life } = await open()
    const line = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 80 })
      .filter((text) => isHeaderText(text) && text.trim() !== '')
    let number = 0
    await fc.assert(
      fc.asyncProperty(line, line, async (subject, text) => {
        await send(life, { subject, text, messageId: `${++number}@example.com`, html: undefined })

        const data = server.taken.at(-1)?.data ?? ''
        const headers = data
          .slice(0, data.indexOf('\r\n\r\n'))
          .split(/\r\n(?![ \t])/)
          .map((header) => header.split(':')[0])
        expect(new Set(headers)).toEqual(
          new Set([
            'Auto-Submitted',
            'Content-Transfer-Encoding',
            'Content-Type',
            'Date',
            'From',
            'MIME-Version',
            'Message-ID',
            'Subject',
            'To',
          ]),
        )
        expect(server.taken.at(-1)?.recipients).toEqual(['ada@example.com'])
      }),
      { numRuns: 60 },
    )
  })
})

describe('STARTTLS', () => {
  test('more than its answer, before the handshake, is refused and not believed', async () => {
    const { server, life } = await open(
      {
        tls: identity,
        script: ({ verb, raw }) => verb === 'STARTTLS' && (raw('220 Ready\r\n250-evil\r\n250 AUTH PLAIN\r\n'), true),
      },
      { ...required(), authentication: 'plain', user: 'u', password: 'planted-password' },
    )

    await expect(send(life)).rejects.toEqual(failure('MAIL_STARTTLS_INJECTED'))

    expect(server.lines.join('\n')).not.toContain('AUTH')
  })

  test('half a line more is refused as well', async () => {
    const { life } = await open(
      { tls: identity, script: ({ verb, raw }) => verb === 'STARTTLS' && (raw('220 Ready\r\n250-'), true) },
      required(),
    )

    await expect(send(life)).rejects.toEqual(failure('MAIL_STARTTLS_INJECTED'))
  })

  test('that was taken away on the line fails by name where it is required, and nothing is sent', async () => {
    const { server, life } = await open(
      { tls: identity, extensions: () => ['XXXXXXXA', 'AUTH PLAIN'] },
      { ...required(), authentication: 'plain', user: 'u', password: 'planted-password' },
    )

    await expect(send(life)).rejects.toEqual(failure('MAIL_STARTTLS_MISSING'))

    expect(server.lines.filter((line) => !line.startsWith('EHLO'))).toEqual([])
  })

  test('that was offered and refused is no reason to go on without', async () => {
    for (const encryption of ['required', 'opportunistic'] as const) {
      const { server, life } = await open(
        { tls: identity, script: ({ verb, say }) => verb === 'STARTTLS' && (say('454 4.7.0 Not now'), true) },
        { ...required(), encryption },
      )

      await expect(send(life)).rejects.toEqual(failure('MAIL_STARTTLS_REFUSED'))

      expect(server.taken).toEqual([])
    }
  })

  test('with rubbish in place of a handshake ends in a typed error', async () => {
    const { life } = await open(
      {
        tls: identity,
        script: ({ verb, raw }) =>
          verb === 'STARTTLS' && (raw('220 Ready\r\n'), setTimeout(() => raw('rubbish\r\n'), 20), true),
      },
      required(),
    )

    await expect(send(life)).rejects.toEqual(
      expect.objectContaining({ code: expect.stringMatching(/^MAIL_TLS_FAILED|MAIL_STARTTLS_INJECTED$/) }),
    )
  })
})

describe('a server that does not speak SMTP', () => {
  test.each([
    ['a banner of another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['a line without end', `220 ${'x'.repeat(8 * 1024 * 1024)}`],
    ['a reply without end', '220-more\r\n'.repeat(100_000)],
    ['a reply of two codes', '220-a\r\n250 b\r\n'],
    ['many replies at once', '220 a\r\n'.repeat(1000)],
    ['no codes at all', '\r\n\r\n\r\n'],
    ['bytes', '\u0000\u00ff\u00fe\r\n'],
  ])('%s ends in a typed error, soon', async (_name, banner) => {
    const { life } = await open({ script: ({ verb, raw }) => verb === '' && (raw(banner), true) })

    await expect(send(life)).rejects.toEqual(failure('MAIL_PROTOCOL_VIOLATION'))
  })

  test.each(['MAIL', 'RCPT', 'DATA'])(
    'two answers to one %s are never taken for the answer to the next',
    async (at) => {
      const { server, life } = await open({
        script: ({ verb, raw }) =>
          verb === at && (raw(at === 'DATA' ? '354 go\r\n250 done\r\n' : '250 Ok\r\n250 Ok\r\n'), true),
      })
      const to = ['a@x.test', 'b@x.test']

      await expect(send(life, { to, recipients: to })).rejects.toEqual(failure('MAIL_PROTOCOL_VIOLATION'))

      expect(server.taken).toEqual([])
    },
  )

  test('an answer to DATA that is a yes is none', async () => {
    const { server, life } = await open({ script: ({ verb, say }) => verb === 'DATA' && (say('250 Sure'), true) })

    await expect(send(life)).rejects.toEqual(failure('MAIL_PROTOCOL_VIOLATION'))

    expect(server.taken).toEqual([])
  })

  test('silence ends within the limit, wherever it begins', async () => {
    for (const at of ['', 'EHLO', 'MAIL', 'RCPT', 'DATA']) {
      const { server, life } = await open({ script: ({ verb }) => verb === at }, { commandTimeoutMs: 1000 })
      const began = performance.now()

      await expect(send(life)).rejects.toEqual(failure(at === '' ? 'MAIL_NO_GREETING' : 'MAIL_TIME_OUT'))

      expect(performance.now() - began).toBeLessThan(8000)
      await expect.poll(() => server.openConnections, { timeout: 5000 }).toBe(0)
    }
  }, 30_000)

  test('good-bye in the middle defers those it was not asked about', async () => {
    const { life } = await open({
      script: ({ line, say, cut }) =>
        line === 'RCPT TO:<b@x.test>' && (say('421 4.3.2 Shutting down'), setTimeout(cut, 5), true),
    })
    const to = ['a@x.test', 'b@x.test', 'c@x.test']

    const { recipients } = await send(life, { to, recipients: to })

    expect(recipients.map(({ outcome }) => outcome)).toEqual(['deferred', 'deferred', 'deferred'])
  })

  test('what it says is one line of bounded, visible text', async () => {
    const { life } = await open({
      script: ({ verb, raw }) =>
        verb === 'RCPT' && (raw(`550 5.1.1 \u001b[31mred\u001b[0m\t${'x'.repeat(3000)}\r\n`), true),
    })

    const { recipients } = await send(life)

    expect(recipients[0]?.said).toMatch(/^\[31mred \[0m x+$/)
    expect(recipients[0]?.said?.length).toBeLessThanOrEqual(200)
  })
})

describe('the password', () => {
  const account = { authentication: 'plain' as const, user: 'sallygate', password: 'planted-password-7712' }
  const encodings = [
    account.password,
    Buffer.from(account.password).toString('base64'),
    Buffer.from(`\0sallygate\0${account.password}`).toString('base64'),
  ]
  const hasSecret = (text: string) => encodings.some((one) => text.includes(one))

  test('is in no log, no failure and no trace, also when the server repeats it', async () => {
    const written: string[] = []
    const log = createLog({
      part: 'test',
      level: 'debug',
      destination: { write: (line: string) => void written.push(line) },
    })
    for (const authentication of ['plain', 'login'] as const) {
      const { life } = await open(
        {
          tls: identity,
          extensions: (isEncrypted) => (isEncrypted ? ['AUTH PLAIN LOGIN'] : ['STARTTLS']),
          script: ({ line, say }) =>
            hasSecret(line) ? (say(`535 5.7.8 No: ${line} ${account.password}`), true) : false,
        },
        { ...required(), ...account, authentication },
        { log },
      )
      const context = testContext()

      const failed: unknown = await send(life, {}, context).catch((error: unknown) => error)

      expect(failed).toMatchObject({ code: 'MAIL_AUTH_REFUSED', details: { reply: 535, status: '5.7.8' } })
      expect(hasSecret(JSON.stringify([failed, context.trace.spans, life.state()]))).toBe(false)
    }
    expect(hasSecret(written.join('\n'))).toBe(false)
  })

  test('is not sent over a connection that is not encrypted, or encrypted with whomever, unless the settings say none', async () => {
    const offers = { extensions: () => ['AUTH PLAIN'] }
    const plain = await open(offers, { ...account, encryption: 'opportunistic' })
    const anybody = await open(
      { tls: identity, extensions: (isEncrypted) => (isEncrypted ? ['AUTH PLAIN'] : ['STARTTLS']) },
      { ...account, encryption: 'opportunistic' },
    )
    const meant = await open(offers, { ...account, encryption: 'none' })

    await expect(send(plain.life)).rejects.toEqual(failure('MAIL_AUTH_NEEDS_TLS'))
    await expect(send(anybody.life)).rejects.toEqual(failure('MAIL_AUTH_NEEDS_TLS'))
    await send(meant.life)

    expect([...plain.server.lines, ...anybody.server.lines].some((line) => line.startsWith('AUTH'))).toBe(false)
  })
})
