/**
 * Mail and syslog in the browser: a real console and connector, a *simulated* mail server and collector behind them.
 */
import { createServer, type AddressInfo, type Server } from 'node:net'
import { startScriptedSmtp, type ScriptedSmtp } from '@sallygate/testkit/scripted-smtp'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until, type System } from '../system.ts'
import { follow, hasBrowser } from './browser.ts'
import { allowTarget, startVisited, type Visited } from './visited.ts'

if (!hasBrowser) console.log('skipped: there is no /usr/bin/chromium to look with')

describe.skipIf(!hasBrowser)('mail and syslog', { timeout: 120_000 }, () => {
  let visited: Visited
  let system: System
  let group: string
  let smtp: ScriptedSmtp
  let collector: Server
  let collected = ''

  beforeAll(async () => {
    visited = await startVisited()
    ;({ system, group } = visited)
    smtp = await startScriptedSmtp({
      script: ({ line, say }) => {
        if (!/^RCPT TO:<nobody@/i.test(line)) return false
        say('550 5.1.1 nobody of this name')
        return true
      },
    })
    collector = createServer((socket) => {
      socket.on('data', (chunk) => (collected += chunk.toString('utf8')))
      socket.on('error', () => socket.destroy())
      socket.on('end', () => socket.end())
    })
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
    allowTarget(visited.home, 'mail', smtp.port)
    allowTarget(visited.home, 'syslog', portOf(collector))
  }, 240_000)
  afterAll(async () => {
    await smtp.stop()
    collector.close()
    await visited.stop()
  }, 30_000)

  const portOf = (server: Server) => (server.address() as AddressInfo).port

  const at = (page: string, what: (page: Page) => Promise<void>, ...refused: readonly number[]) =>
    visited.visit(`/groups/${group}/${page}`, what, { refused })

  const patient = { timeout: 90_000 } as const

  const groupOf = async (body: { readonly name: string; readonly parent?: string }) =>
    (await system.api<{ id: string }>('POST', '/api/groups', body)).body.id

  async function sendTo(page: Page, address: string): Promise<void> {
    await follow(page, `/groups/${group}/mail/service`)
    await page.getByRole('textbox', { name: 'Address to send a test mail to' }).fill(address)
    await page.getByRole('button', { name: 'Send a test mail' }).click()
    await page.getByRole('link', { name: 'To the test mail' }).click()
  }

  test('a test mail arrives at the sample office, and is read there', async () => {
    await at('mail/service', async (page) => {
      await sendTo(page, 'ada.okafor@sample-office.example.com')
      await page.getByRole('table', { name: 'Recipients' }).getByText('sent', { exact: true }).waitFor(patient)
      await page.getByRole('link', { name: 'Sample office' }).click()
      await page.getByText('to ada.okafor@sample-office.example.com').click()

      expect(await page.getByLabel(/^Text of Sallygate: test message/).textContent()).toContain('This is a test.')
    })
  })

  test('another server takes one recipient and refuses the other, and is given no password meant for the first', async () => {
    await at('mail/settings', async (page) => {
      await page.getByRole('combobox', { name: /^Encryption/ }).click()
      await page.getByRole('option', { name: 'None' }).click()
      await page.getByText('Mails travel readable inside your network.').waitFor()
      await page.getByText('Saving this erases the stored password.').waitFor()
      await page.getByRole('combobox', { name: /^How/ }).click()
      await page.getByRole('option', { name: /^Not at all/ }).click()
      await page.getByRole('combobox', { name: 'Port of server 1' }).fill(String(smtp.port))
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText(/^Saved\./).waitFor()
      await sendTo(page, 'ada@example.com')
      const recipients = page.getByRole('table', { name: 'Recipients' })
      await recipients.getByText('sent', { exact: true }).waitFor(patient)
      await sendTo(page, 'nobody@example.com')
      await recipients.getByText('550 5.1.1 nobody of this name').waitFor(patient)
      await follow(page, `/groups/${group}/mail?state=problems`)
      const mails = page.getByRole('table', { name: 'Mails, newest first' })
      await mails.getByText('to nobody@example.com').waitFor()

      expect(await mails.getByText('to ada@example.com').count()).toBe(0)
      expect(smtp.taken.map((mail) => mail.recipients.join())).toEqual([expect.stringContaining('ada@example.com')])
      expect(smtp.lines.join('\n')).not.toMatch(/AUTH/i)
    })
  })

  test('who is told is entered as addresses, and what is none is refused beside the field', async () => {
    const readers = async () =>
      (
        await system.api<{ values: { accounts: { value: readonly string[] } } }>(
          'GET',
          `/api/groups/${group}/settings/notifications`,
        )
      ).body.values.accounts.value
    await at(
      'mail/readers',
      async (page) => {
        const accounts = page.getByRole('combobox', { name: /^Accounts that end/ })
        await accounts.fill('no address')
        await accounts.press('Enter')
        await page.getByRole('button', { name: 'Save' }).click()
        await page.getByRole('alert').waitFor()
        await page.reload()
        await accounts.fill('ada.okafor@sample-office.example.com')
        await accounts.press('Enter')
        await page.getByRole('button', { name: 'Save' }).click()
        await page.getByText(/^Saved\./).waitFor()

        expect(await readers()).toContain('ada.okafor@sample-office.example.com')
        expect(await readers()).not.toContain('no address')
      },
      400,
    )
  })

  test('a page where nobody has typed anything is left without a question', async () => {
    const alone = await groupOf({ name: 'Alone' })
    await at('mail', async (page) => {
      await follow(page, `/groups/${alone}/mail/settings`)
      await page.getByRole('button', { name: 'Turn on and save' }).waitFor()
      await page.getByRole('link', { name: 'Templates' }).click()
      await page.getByRole('button', { name: 'Show it' }).waitFor()
    })
  })

  test('a mail nobody takes can be cancelled', async () => {
    const settings = { servers: [{ host: '127.0.0.1', port: 9 }], encryption: 'none', from: 'gate@example.com' }
    const below = await groupOf({ name: 'Silent', parent: group })
    await system.api('PUT', `/api/groups/${below}/services/mail`, { settings })
    const made = await system.api<{ id: string }>('POST', `/api/groups/${below}/mail/test`, {
      to: ['ada@example.com'],
    })
    expect(made.status).toBeLessThan(300)

    await at('mail', async (page) => {
      await follow(page, `/groups/${below}/mail`)
      await page.getByRole('button', { name: /^Cancel/ }).click()
      await page.getByText('cancelled', { exact: true }).first().waitFor({ timeout: 30_000 })

      expect(await page.getByRole('button', { name: /^Cancel/ }).count()).toBe(0)
    })
  })

  test('a template shows what it makes of what was typed, as text', async () => {
    await at('mail/templates', async (page) => {
      await page.getByRole('textbox', { name: 'about' }).fill('<b>bold</b> & {{fix}}')
      await page.getByRole('button', { name: 'Show it' }).click()
      const shown = page.getByLabel('Text of the mail')
      await shown.waitFor()

      expect(await shown.textContent()).toContain('<b>bold</b> & {{fix}}')
      expect(await page.locator('main b').count()).toBe(0)
    })
  })

  test('a target is made with a line to look at first, tested, and gets the events', async () => {
    await at('syslog/targets/new', async (page) => {
      await page.getByRole('textbox', { name: 'Name', exact: true }).fill('SIEM')
      await page.getByText('TCP', { exact: true }).click()
      await page.getByRole('textbox', { name: 'Host', exact: true }).fill('127.0.0.1')
      await page.getByRole('textbox', { name: 'Port' }).fill(String(portOf(collector)))
      await page.getByRole('combobox', { name: 'Format' }).click()
      await page.getByRole('option', { name: 'CEF' }).click()
      await page.getByRole('button', { name: 'Show a line' }).click()
      await page
        .getByLabel('An event as it would be written')
        .getByText(/CEF:0\|/)
        .waitFor()
      await page.getByRole('button', { name: 'Make the target' }).click()
      await page.getByRole('heading', { level: 1, name: 'SIEM' }).waitFor()
      await page.getByRole('button', { name: 'Test this target' }).click()
      await page.getByRole('table', { name: 'Steps of the test' }).waitFor({ timeout: 30_000 })
      await until(() => collected.includes('CEF:0|'), 60_000, 'the collector has an event')
      await follow(page, `/groups/${group}/syslog`)
      await page.getByRole('table', { name: 'Syslog targets' }).getByText('SIEM').waitFor()

      expect(await page.getByRole('table', { name: 'Syslog targets' }).textContent()).toContain('CEF')
    })
  })

  test('a target the policy of the connector does not let through says so, and what to do', async () => {
    await at('syslog/targets/new', async (page) => {
      await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Forbidden')
      await page.getByText('UDP', { exact: true }).click()
      await page.getByRole('textbox', { name: 'Host', exact: true }).fill('127.0.0.1')
      await page.getByRole('button', { name: 'Make the target' }).click()
      await page.getByRole('heading', { level: 1, name: 'Forbidden' }).waitFor()
      await page.getByRole('button', { name: 'Test this target' }).click()
      await page.getByRole('table', { name: 'Steps of the test' }).getByText('CONNECTOR_POLICY_ADDRESS').waitFor()
      await page.getByRole('button', { name: 'Remove this target' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click()
      await page.getByText('Forbidden is removed.').waitFor()
      await page.getByRole('link', { name: 'Forbidden' }).waitFor({ state: 'detached' })

      expect(page.url()).toMatch(/\/syslog$/)
    })
  })

  test('events keep what is looked for in their address, and are exported as they are shown', async () => {
    await at('syslog', async (page) => {
      await follow(page, '/events')
      await page.getByRole('searchbox', { name: 'Search' }).fill('SG-4004')
      await page.getByText('SG-4004').first().waitFor()
      await page.waitForURL(/text=SG-4004/)
      const address = await page.getByRole('link', { name: /CSV/ }).getAttribute('href')
      await page.reload()
      const found = await page.getByRole('searchbox', { name: 'Search' }).inputValue()
      await page.getByRole('searchbox', { name: 'Search' }).fill('nothing like this')
      await page.getByText('No event is about this.').waitFor()

      expect([found, address]).toEqual(['SG-4004', expect.stringContaining('text=SG-4004')])
    })
  })
})
