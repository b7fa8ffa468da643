/**
 * Text that goes into a header: one line, whatever it says.
 *
 * CR, LF and NUL are refused here, before any MIME is built: a line end in a subject is
 * the beginning of a header of somebody else's choosing.
 *
 * @module
 */
import { z } from 'zod'

/** Controls, and the two characters that Unicode calls line and paragraph separators. */
const controls = /[\p{Cc}\u2028\u2029]/u

export const isHeaderText = (text: string) => text.isWellFormed() && !controls.test(text)

export const headerText = (max: number) => z.string().min(1).max(max).refine(isHeaderText, 'one line of text')
