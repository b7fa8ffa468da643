/**
 * What a new password has to be. The console has the last word; knowing before saves a refusal.
 *
 * @module
 */

const least = 12

export const newPasswordSays = `At least ${least} characters.`

/** @returns What is wrong with it, as a form says it. */
export function passwordFault(password: string): string | null {
  return password.length < least ? `Use at least ${least} characters.` : null
}
