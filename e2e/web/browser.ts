/**
 * A browser that looks at the built pages, and complains about what nobody sees: styles
 * that were refused, errors in its console, and what keeps a person from using a page.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'

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
    // That nobody is signed in yet is asked, and answered with 401: an answer, not an error.
    if (/status of 401/.test(message.text()) && message.location().url.endsWith('/api/session')) return
    complaints.push(`${message.type()} in the console: ${message.text()}`)
  })
  page.on('request', (request) => {
    const { protocol, origin: to } = new URL(request.url())
    if (protocol.startsWith('http') && to !== origin) complaints.push(`asked a stranger: ${request.url()}`)
  })
  return { page, complaints, close: () => context.close() }
}

/** Findings of axe that keep somebody from using the page. */
export async function barriers(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

/** How far the page reaches beyond the window, sideways. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
}
