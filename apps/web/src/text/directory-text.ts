/**
 * Text from a directory, made safe to look at.
 *
 * It is always text, never markup; React sees to that. What is left are characters
 * that show nothing or turn the line around: they become visible.
 *
 * @module
 */

const invisible = /[\p{Cc}\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/gu

export function visible(text: string): string {
  return text.replace(
    invisible,
    (character) => `⟨U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}⟩`,
  )
}
