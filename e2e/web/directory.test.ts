/**
 * The directory in the browser, against the sample office's simulated one and a real connector.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until, type System } from '../system.ts'
import { barriersOfDialog, hasBrowser } from './browser.ts'
import { startVisited, type Visited } from './visited.ts'

if (!hasBrowser) console.log('skipped: there is no /usr/bin/chromium to look with')

describe.skipIf(!hasBrowser)('the directory', { timeout: 120_000 }, () => {
  let visited: Visited
  let system: System
  let group: string

  beforeAll(async () => {
    visited = await startVisited()
    ;({ system, group } = visited)
  }, 240_000)
  afterAll(() => visited.stop(), 30_000)

  const at = (page: string, what: (page: Page) => Promise<void>, ...refused: readonly number[]) =>
    visited.visit(`/groups/${group}/${page}`, what, { refused })

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

  test('a first sync is previewed, put into force, and people and groups are found', async () => {
    await at('directory/settings', async (page) => {
      await page.locator('summary', { hasText: /^Sync/ }).click()
      await page.getByRole('switch', { name: /^Keep people and groups/ }).check()
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText(/^Saved\./).waitFor()
      await page.getByRole('link', { name: 'Sync', exact: true }).click()
      await page.getByRole('button', { name: 'Preview what would change' }).click()
      await page.getByText('A preview is ready.').waitFor({ timeout: 60_000 })
      await page.getByRole('link', { name: 'What would change, object by object' }).click()
      const changes = page.getByRole('table', { name: 'Changes, object by object' })
      await changes.getByText('Ada Okafor').waitFor()
      const before = (await system.api<{ users: number }>('GET', `/api/groups/${group}/directory/sync`)).body.users
      await page.getByRole('button', { name: 'Put it into force' }).click()
      const barriers = await barriersOfDialog(page)
      await page.getByRole('dialog').getByLabel('Why').fill('the first time')
      await page.getByRole('dialog').getByRole('button', { name: 'Put it into force' }).click()
      await page.getByText('done', { exact: true }).waitFor({ timeout: 60_000 })
      await page.getByRole('link', { name: 'Users', exact: true }).click()
      await page.getByRole('searchbox', { name: 'Search' }).fill('ada.ok')
      await page.waitForURL(/search=ada.ok/)
      await page.getByRole('link', { name: 'Ada Okafor' }).click()
      const groups = page.getByRole('table', { name: 'Groups of the user' })
      await groups.getByRole('link', { name: 'IT administrators' }).click()
      await page.getByRole('table', { name: 'Members of the group' }).getByText('Bruno Keller').waitFor()

      expect([before, barriers]).toEqual([0, []])
    })
  })

  test('nobody is called like this: the list says so', async () => {
    await at('directory/users?search=zzzz', async (page) => {
      await page.getByText('Nobody is called like this.').waitFor()
    })
  })

  test('a held run says by what, and goes ahead with a reason', async () => {
    await holdAll(0)
    await at('directory/sync', async (page) => {
      await page.getByRole('button', { name: 'Sync now' }).click()
      await page.getByText('A run is held').waitFor({ timeout: 60_000 })
      await page.getByText(/^It would remove \d+ objects, and more than 0 need a look\.$/).waitFor()
      await page.getByRole('button', { name: 'Let it go ahead' }).click()
      await page.getByRole('dialog').getByLabel('Why').fill('the office closes')
      await page.getByRole('dialog').getByRole('button', { name: 'Let it go ahead' }).click()
      const left = async () =>
        (await system.api<{ groups: number }>('GET', `/api/groups/${group}/directory/sync`)).body.groups
      await until(async () => (await left()) === 0, 60_000, 'the groups are gone')
    })
  })

  /** Nothing but users, and no removal without a look: the groups would go. */
  async function holdAll(maxRemovals: number): Promise<void> {
    const { body } = await system.api<{ values: Readonly<Record<string, { value: unknown }>> }>(
      'GET',
      `/api/groups/${group}/settings/directory`,
    )
    const values = Object.fromEntries(
      Object.entries(body.values).flatMap(([name, { value }]) => (name === 'bindPassword' ? [] : [[name, value]])),
    )
    const sync = { ...(values['sync'] as object), groups: false, safeguards: { maxRemovals } }
    const saved = await system.api('PUT', `/api/groups/${group}/settings/directory`, {
      mode: 'override',
      values: { ...values, sync },
    })
    expect(saved.status).toBe(200)
  }
})
