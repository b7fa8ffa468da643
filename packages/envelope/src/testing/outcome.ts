/**
 * One word for what came of something: its own, or the code of its failure.
 *
 * @module
 */
export function outcomeOf(act: () => string): string {
  try {
    return act()
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}
