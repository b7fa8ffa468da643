/**
 * The directory in the browser, against the sample office's simulated one and a real connector.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { discard, freePortBase, root, startSystem, temporaryHome, until, type System } from '../system.ts'
import { barriersOfDialog, follow, hasBrowser, launchBrowser, openWindow, signIn } from './browser.ts'

if (!hasBrowser) console.log('skipped: there is no /usr/bin/chromium to look with')

describe.skipIf(!hasBrowser)('the directory', { timeout: 120_000 }, () => {
  let home: string
  let system: System
  let browser: Browser
  let group: string

  beforeAll(async () => {
    home = temporaryHome()
    system = await startSystem({ home, portBase: await freePortBase() })
    group = system.ready.groupId
    await until(() => existsSync(join(root, 'apps/web/dist/index.html')), 120_000, 'the pages are built')
    browser = await launchBrowser()
  }, 240_000)
  afterAll(async () => {
    await browser.close()
    await discard(system, home)
  }, 30_000)

  async function at(page: string, what: (page: Page) => Promise<void>, refused?: number): Promise<void> {
    const window = await openWindow(browser, system.ready.consoleUrl, {})
    await signIn(window.page, system)
    await window.page.getByTestId('gate').waitFor()
    await follow(window.page, `/groups/${group}/${page}`)
    await what(window.page)
    expect(window.complaints.filter((one) => !one.includes(`status of ${refused}`))).toEqual([])
    await window.close()
  }

  const storedBase = async () =>
    (await system.api<{ settings: { userBaseDn?: string } }>('GET', `/api/groups/${group}/services/directory`)).body
      .settings.userBaseDn

  test('a base is fetched from the tree with what the form says, and saved without the password typed again', async () => {
    await at('directory/settings', async (page) => {
      await page.getByRole('button', { name: 'Fetch: Base DN of people' }).click()
      await page.getByRole('button', { name: /^Open dc=sample-office/ }).click()
      await page.getByRole('button', { name: /^Use ou=People/i }).waitFor()
      const barriers = await barriersOfDialog(page)
      await page.getByRole('button', { name: /^Use ou=People/i }).click()
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText(/^Saved\./).waitFor()

      expect(barriers).toEqual([])
      expect(await storedBase()).toMatch(/^ou=people,dc=sample-office/i)
      const search = { operation: 'directory.search', parameters: { kind: 'users', limit: 1 } }
      expect((await system.api('POST', `/api/groups/${group}/call`, search)).status).toBe(200)
    })
  })

  test('what was changed is not lost by a click on another page', async () => {
    await at('directory/settings', async (page) => {
      const base = page.getByRole('textbox', { name: 'Base DN', exact: false }).first()
      await base.fill('dc=elsewhere')
      await page.getByRole('link', { name: 'Users', exact: true }).click()
      await page.getByRole('dialog').getByText('Leave without saving?').waitFor()
      await page.getByRole('button', { name: 'Stay here' }).click()
      const kept = await base.inputValue()
      await page.getByRole('link', { name: 'Users', exact: true }).click()
      await page.getByRole('button', { name: 'Leave it' }).click()
      await page.getByRole('searchbox').waitFor()

      expect(kept).toBe('dc=elsewhere')
    })
  })

  test('one entry shows what becomes of it with settings that nobody has saved', async () => {
    await at('directory/settings', async (page) => {
      await page.getByText('Attributes', { exact: true }).click()
      await page.getByRole('textbox', { name: 'Department' }).fill('title')
      await page.getByRole('textbox', { name: /^Sign-in name, name of a group/ }).fill('ada.okafor')
      await page.keyboard.press('Enter')
      const fields = page.getByRole('table', { name: 'Fields of the entry' })
      await fields
        .getByRole('row', { name: /^Department/ })
        .getByText('Head of IT')
        .waitFor()
      await page.getByText('Not saved yet.').waitFor()
    })
  })

  test('an entry that is not there says so, and what to look at', async () => {
    await at(
      'directory/look-up',
      async (page) => {
        await page.getByRole('textbox', { name: /^Sign-in name, name of a group/ }).fill('nobody.at-all')
        await page.getByRole('button', { name: 'Show' }).click()
        await page.getByRole('alert').getByText('DIRECTORY_ENTRY_NOT_FOUND').waitFor()
      },
      409,
    )
  })

  test('the server in use and what was asked of it are on the page of the service', async () => {
    await at('directory', async (page) => {
      await page.getByRole('button', { name: 'Test connection' }).click()
      await page.getByText('The directory answers.').waitFor({ timeout: 60_000 })
      const servers = page.getByRole('table', { name: 'Servers in the order they are tried' })

      await servers.getByText('answers').waitFor()
    })
  })
})
