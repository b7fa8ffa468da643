/**
 * A browser that looks at the built pages, and complains about what nobody sees: styles
 * that were refused, errors in its console, and what keeps a person from using a page.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import type { System } from '../system.ts'

const program = '/usr/bin/chromium'

export const hasBrowser: boolean = existsSync(program)

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: program,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

export interface Window {
  readonly page: Page
  /** What went wrong without anybody clicking it. */
  readonly complaints: readonly string[]
  readonly close: () => Promise<void>
}

export async function openWindow(browser: Browser, origin: string, options: BrowserContextOptions): Promise<Window> {
  const context = await browser.newContext({ ...options, baseURL: origin })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`error in the page: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    complaints.push(`${message.type()} in the console: ${message.text()}`)
  })
  page.on('request', (request) => {
    const { protocol, origin: to } = new URL(request.url())
    if (protocol.startsWith('http') && to !== origin) complaints.push(`asked a stranger: ${request.url()}`)
  })
  return { page, complaints, close: () => context.close() }
}

/** Signs in as the administrator that the default start makes, and goes to an address. */
export async function signIn(page: Page, { ready }: Pick<System, 'ready'>, address = '/'): Promise<void> {
  const { adminPassword } = JSON.parse(readFileSync(ready.credentialFile, 'utf8')) as { adminPassword: string }
  await signInAs(page, ready.adminUser, adminPassword, address)
}

export async function signInAs(page: Page, user: string, password: string, address = '/'): Promise<void> {
  await page.goto(address)
  await page.getByLabel('User').fill(user)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Findings of axe that keep somebody from using the page; of some rules, where the rest has been asked already. */
export async function barriers(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  const axe = builder(page)
  return found(rules === undefined ? axe : axe.withRules([...rules]), ['serious', 'critical'])
}

/** Of the open dialog only, and also what merely makes it harder. */
export function barriersOfDialog(page: Page): Promise<readonly string[]> {
  return found(builder(page).include('[role=dialog]'), ['moderate', 'serious', 'critical'])
}

// Without frames there is nothing to gather, for which it would open a page of its own every time.
const builder = (page: Page) => new AxeBuilder({ page }).setLegacyMode(true)

async function found(axe: AxeBuilder, impacts: readonly string[]): Promise<readonly string[]> {
  const { violations } = await axe.analyze()
  return violations
    .filter(({ impact }) => impacts.includes(impact ?? ''))
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

/** Goes to another page as its links do: without loading the program again, which costs a second. */
export async function follow(page: Page, address: string): Promise<void> {
  await page.evaluate(
    `history.pushState(null, '', ${JSON.stringify(address)}); dispatchEvent(new PopStateEvent('popstate'))`,
  )
}

/** How far the page reaches beyond the window, sideways. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
}
