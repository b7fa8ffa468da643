/**
 * A person without a mouse: goes from one thing to the next until it is the one that is meant.
 *
 * @module
 */
import type { Page } from 'playwright-core'

/** More than any page has, so that one which cannot be reached is said to be so. */
const most = 120

export const tabTo = (page: Page, name: string): Promise<void> => pressUntil(page, 'Tab', name)

/** Presses a key until the focus is on what is called so. @throws where it never comes there. */
export async function pressUntil(page: Page, key: string, name: string): Promise<void> {
  const met: string[] = []
  for (let pressed = 0; pressed < most; pressed++) {
    const focused = await nameOfFocus(page)
    if (focused === name) return
    met.push(focused)
    await page.keyboard.press(key)
  }
  throw new Error(`${key} never came to ${name}, but to: ${met.join(', ')}`)
}

/** As much of the rules for accessible names as these pages need. */
function nameOfFocus(page: Page): Promise<string> {
  return page.evaluate(`(() => {
    const element = document.activeElement
    if (element === null || element === document.body) return ''
    const label = element.labels?.[0]?.textContent ?? ''
    return (element.getAttribute('aria-label') ?? (label === '' ? element.textContent : label) ?? '').trim()
  })()`)
}
