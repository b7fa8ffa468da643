/**
 * The enterprise services in the browser when there is much, and when something is wrong: a real console and connector,
 * and behind them a *simulated* directory of 5,000 people, a *simulated* mail server, and a collector that is away.
 */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { startScriptedSmtp, type ScriptedSmtp } from '@sallygate/testkit/scripted-smtp'
import type { LdapServer } from '@sallygate/protocol-ldap'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../system.ts'
import { barriers, follow, hasBrowser, overflow } from './browser.ts'
import { largeBase, largeReader, startLargeDirectory, uidOf } from './large-directory.ts'
import { allowTarget, startVisited, type Visited } from './visited.ts'

if (!hasBrowser) console.log('skipped: there is no /usr/bin/chromium to look with')

const people = 5000
/** Nobody listens at the discard service. */
const nobody = 9
const patient = { timeout: 90_000 } as const

describe.skipIf(!hasBrowser)('services at work', { timeout: 180_000 }, () => {
  let visited: Visited
  let directory: LdapServer
  let smtp: ScriptedSmtp
  let takesNobody = true
  let here: string

  beforeAll(async () => {
    visited = await startVisited()
    here = `/groups/${visited.group}`
    directory = await startLargeDirectory(people)
    smtp = await startScriptedSmtp({
      script: ({ line, say }) => {
        if (!takesNobody || !/^RCPT TO:<nobody@/i.test(line)) return false
        say('550 5.1.1 nobody of this name')
        return true
      },
    })
    allowTarget(visited.home, 'directory', directory.ldapPort ?? 0)
    allowTarget(visited.home, 'mail', smtp.port)
    allowTarget(visited.home, 'syslog', nobody)
    await put('services/mail', {
      servers: [{ host: '127.0.0.1', port: smtp.port }],
      encryption: 'none',
      from: 'gate@example.com',
    })
    await put('services/directory', {
      type: 'generic',
      servers: [{ host: '127.0.0.1', port: directory.ldapPort }],
      encryption: 'none',
      baseDn: largeBase,
      bindDn: largeReader.dn,
      bindPassword: largeReader.password,
      sync: { isOn: true, everyMinutes: 1440 },
    })
  }, 240_000)
  afterAll(async () => {
    await smtp.stop()
    await directory.stop()
    await visited.stop()
  }, 30_000)

  async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await visited.system.api<T>(method, `/api/groups/${visited.group}/${path}`, body)
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
    return answer.body
  }

  const put = (path: string, settings: object) => api('PUT', path, { settings })

  test('a list of thousands is paged, left and come back to, loaded anew, and searched', async () => {
    await until(async () => (await runDirectory()) === 'done', 120_000, 'everybody is here')
    await visited.visit(`${here}/directory/users`, async (page) => {
      const table = page.getByRole('table', { name: 'Users of the directory' })
      const shows = (at: number) => table.getByRole('link', { name: `Person ${uidOf(at)}` }).waitFor()
      await shows(0)
      await page.getByRole('button', { name: 'Next' }).click()
      await shows(50)
      await page.getByRole('button', { name: 'Next' }).click()
      await shows(100)
      await table.getByRole('link', { name: `Person ${uidOf(120)}` }).click()
      await page
        .getByRole('table', { name: 'Groups of the user' })
        .getByText(`Group ${uidOf(100)}`)
        .waitFor()
      await page.goBack()
      await shows(149)
      await page.reload()
      await shows(149)
      await page.getByText('101 to 150').waitFor()
      await page.getByRole('button', { name: 'Before' }).click()
      await shows(50)
      await page.goBack()
      await shows(100)
      await page.getByRole('searchbox', { name: 'Search' }).fill(uidOf(4321))
      await shows(4321)

      expect(await table.getByRole('row').count()).toBe(2)
      expect(new URL(page.url()).search).toBe(`?search=${uidOf(4321)}`)
    })
  })

  /** Starts the first run where there is none. */
  async function runDirectory(): Promise<string | undefined> {
    const sync = await api<{ hasSynced: boolean; running?: object; lastRun?: { state: string } }>(
      'GET',
      'directory/sync',
    )
    if (sync.lastRun === undefined && sync.running === undefined)
      await visited.system.api('POST', `/api/groups/${visited.group}/directory/sync/runs`, {
        mode: 'sync',
        withoutPreview: true,
      })
    return sync.running === undefined ? sync.lastRun?.state : 'running'
  }

  test('an address that somebody was sent opens its page, and leads back to the first', async () => {
    const { nextCursor } = await api<{ nextCursor: string }>('GET', 'directory/groups?limit=50')
    await visited.visit(`${here}/directory/groups?cursor=${encodeURIComponent(nextCursor)}&page=2`, async (page) => {
      await page.getByText('51 to 100').waitFor()
      await page.getByRole('button', { name: 'Before' }).click()
      await page.getByText('1 to 50', { exact: true }).waitFor()

      expect(new URL(page.url()).search).toBe('')
    })
  })

  test('a mail that was refused says why, and is sent again with one click', async () => {
    takesNobody = true
    await api('POST', 'mail/test', { to: ['nobody@example.com'] })
    await visited.visit(`${here}/mail`, async (page) => {
      const mails = page.getByRole('table', { name: 'Mails, newest first' })
      await mails.getByText('550 5.1.1 nobody of this name').waitFor(patient)
      takesNobody = false
      await mails.getByRole('button', { name: /^Retry/ }).click()
      await mails.getByText('sent', { exact: true }).waitFor(patient)

      expect(await mails.getByText('550 5.1.1').count()).toBe(0)
      expect(smtp.taken.map(({ recipients }) => recipients.join())).toEqual(['nobody@example.com'])
    })
  })

  test('a collector that stays away shows how much it was not given, and the page of the service says so', async () => {
    const target = { host: '127.0.0.1', port: nobody, transport: 'tcp', framing: 'lineFeed' }
    await put('services/syslog', {})
    // The least there is: a hundred events and a bit.
    const settings = { target, spoolBytes: 65_536, filter: { severity: 'debug' } }
    const { id } = await api<{ id: string }>('POST', 'syslog/targets', { name: 'Away', settings })
    const dropped = async () =>
      (await api<{ status: { dropped: number } }>('GET', `syslog/targets/${id}`)).status.dropped
    for (let connectTimeoutMs = 1000; connectTimeoutMs < 1300 && (await dropped()) === 0; connectTimeoutMs++)
      await put('services/syslog', { connectTimeoutMs })
    await until(async () => (await dropped()) > 0, 60_000, 'events were dropped')
    await visited.visit(`${here}/syslog`, async (page) => {
      const row = page.getByRole('table', { name: 'Syslog targets' }).getByRole('row', { name: /Away/ })
      await row.getByText('takes nothing').waitFor(patient)
      const told = Number((await row.getByRole('cell').nth(4).textContent())?.replace(/\D/g, ''))
      await row.getByRole('link', { name: 'Away' }).click()
      await page.getByText(/^[\d,]+ events? (?:was|were) dropped: the room of this target was full\.$/).waitFor()
      await follow(page, `${here}/syslog/service`)
      await page
        .getByRole('table', { name: 'Recent errors' })
        .getByText(/^Events for a syslog target were dropped/)
        .first()
        .waitFor(patient)

      expect(told).toBeGreaterThan(0)
    })
  })

  test('events of one service are found, and exported as they are looked for', async () => {
    await visited.visit(`${here}/mail/service`, async (page) => {
      await page.getByRole('table', { name: 'Recent errors' }).getByText('nobody@example.com').first().waitFor()
      await page.getByRole('link', { name: 'All of them, and those of groups below' }).click()
      await page.getByRole('heading', { level: 1, name: 'Events' }).waitFor()
      const shown = page.getByRole('table', { name: 'Events, newest first' })
      await shown.getByText('SG-4022').first().waitFor()
      const ids = await shown
        .getByRole('cell')
        .filter({ hasText: /^SG-\d{4}$/ })
        .allTextContents()
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'As JSON lines' }).click(),
      ])
      const lines = readFileSync(await download.path(), 'utf8')
        .trim()
        .split('\n')

      expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(ids)
      expect([...new Set(ids)]).toEqual(expect.arrayContaining(['SG-4022']))
      expect(ids.filter((id) => id.startsWith('SG-404'))).toEqual([])
    })
  })

  test('settings that reach no connector say so before anybody waits for a mail', async () => {
    const { id } = (
      await visited.system.api<{ id: string }>('POST', '/api/groups', { name: 'Branch', parent: visited.group })
    ).body
    const settings = { servers: [{ host: '127.0.0.1', port: nobody }], encryption: 'none', from: 'gate@example.com' }
    const before = async (page: Page) => {
      await page.getByRole('button', { name: /save$/i }).waitFor()
      return page.getByText('These settings reach no connector.').count()
    }
    await visited.visit(`/groups/${id}/mail/settings`, async (page) => {
      const inherited = await before(page)
      await visited.system.api('PUT', `/api/groups/${id}/services/mail`, { settings })
      await page.getByText('These settings reach no connector.').waitFor()

      expect(inherited).toBe(0)
    })
  })

  for (const [colorScheme, width] of [
    ['light', 390],
    ['dark', 1280],
  ] as const) {
    test(`every page of a service can be used by everybody with something in it, ${colorScheme}, ${width} px wide`, async () => {
      const pages = await filledPages()
      const found: string[] = []
      // What a page is made of is the same in both windows; its colors are not.
      const rules = colorScheme === 'dark' ? ['color-contrast', 'target-size'] : undefined
      await visited.visit(
        '/',
        async (page) => {
          for (const [address, text] of pages) {
            await follow(page, address)
            await page.getByText(text).first().waitFor()
            await page.locator('[role=progressbar][aria-label=Loading]').first().waitFor({ state: 'detached' })
            found.push(...(await barriers(page, rules)).map((finding) => `${address}: ${finding}`))
            const beyond = await overflow(page)
            if (beyond > 0) found.push(`${address}: ${beyond} px too wide`)
          }
        },
        { colorScheme, viewport: { width, height: 844 } },
      )

      expect(found).toEqual([])
    })
  }

  /** Each page with words that are there once it is filled. */
  async function filledPages(): Promise<readonly (readonly [address: string, text: string | RegExp])[]> {
    const [{ users }, { groups }, { runs }, { messages }, { targets }] = await Promise.all([
      api<{ users: readonly { id: string }[] }>('GET', 'directory/users?limit=1'),
      api<{ groups: readonly { id: string }[] }>('GET', 'directory/groups?limit=1'),
      api<{ runs: readonly { id: string }[] }>('GET', 'directory/sync/runs?limit=1'),
      api<{ messages: readonly { id: string }[] }>('GET', 'mail/messages?limit=1'),
      api<{ targets: readonly { id: string; name: string }[] }>('GET', 'syslog/targets'),
    ])
    const away = targets.find(({ name }) => name === 'Away')
    return [
      [`${here}/directory`, 'Changes of server'],
      [`${here}/directory/users`, `Person ${uidOf(0)}`],
      [`${here}/directory/users/${users[0]?.id}`, 'Groups of the user'],
      [`${here}/directory/groups`, `Group ${uidOf(0)}`],
      [`${here}/directory/groups/${groups[0]?.id}`, 'direct'],
      [`${here}/directory/sync`, /5,\d{3} added/],
      [`${here}/directory/sync/${runs[0]?.id}`, 'added'],
      [`${here}/mail`, 'to nobody@example.com'],
      [`${here}/mail/service`, 'Recipients by server, since'],
      [`${here}/mail/messages/${messages[0]?.id}`, 'nobody@example.com'],
      [`${here}/mail/templates`, 'As it would arrive'],
      [`${here}/syslog`, 'Away'],
      [`${here}/syslog/targets/${away?.id}`, 'takes nothing'],
      [`${here}/syslog/service`, 'Events for a syslog target were dropped'],
      [`/events?service=syslog&group=${visited.group}`, 'SG-4042'],
    ]
  }
})
