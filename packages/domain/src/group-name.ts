/**
 * Names that look alike: what a person would read as one although the letters differ.
 *
 * A Cyrillic `а` and a Latin `a` are drawn alike. A word that mixes the two is never
 * meant; a name that is drawn like a sibling's is a trap for whoever picks one of them
 * from a list. Which names are equal is for the store to say.
 *
 * @module
 */
import { groupFailure } from './failures.ts'

/** Letters that most typefaces draw like the Latin one; lower case, and capitals where only these look alike. */
const drawnLike: Readonly<Record<string, string>> = {
  а: 'a', е: 'e', о: 'o', р: 'p', с: 'c', х: 'x', у: 'y', і: 'i', ј: 'j', ѕ: 's', һ: 'h', ԁ: 'd', ԛ: 'q', ԝ: 'w', ӏ: 'l',
  А: 'a', В: 'b', Е: 'e', К: 'k', М: 'm', Н: 'h', О: 'o', Р: 'p', С: 'c', Т: 't', У: 'y', Х: 'x', І: 'i', Ј: 'j', Ѕ: 's',
  α: 'a', ο: 'o', ρ: 'p', ν: 'v', ι: 'i', κ: 'k', υ: 'u', χ: 'x', ϲ: 'c', ϳ: 'j',
  Α: 'a', Β: 'b', Ε: 'e', Ζ: 'z', Η: 'h', Ι: 'i', Κ: 'k', Μ: 'm', Ν: 'n', Ο: 'o', Ρ: 'p', Τ: 't', Υ: 'y', Χ: 'x',
} // prettier-ignore

/** Equal for names that are drawn alike. Never shown. */
export function skeletonOf(name: string): string {
  const plain = name.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '')
  const drawn = Array.from(plain, (letter) => drawnLike[letter] ?? letter).join('')
  return drawn.toLowerCase().trim().replace(/\s+/gu, ' ')
}

/**
 * @param siblings Other names below the same parent.
 * @throws GROUP_NAME_MIXES_SCRIPTS, GROUP_NAME_LOOKS_LIKE.
 */
export function checkNameAgainst(name: string, siblings: readonly string[]): void {
  for (const word of name.normalize('NFC').split(/[^\p{L}\p{M}]+/u)) {
    if (/\p{Script=Latin}/u.test(word) && Array.from(word).some((letter) => Object.hasOwn(drawnLike, letter))) {
      throw groupFailure('NAME_MIXES_SCRIPTS', { details: { word: word.slice(0, 60) } })
    }
  }
  const skeleton = skeletonOf(name)
  const twin = siblings.find((sibling) => skeletonOf(sibling) === skeleton)
  if (twin !== undefined) throw groupFailure('NAME_LOOKS_LIKE', { details: { sibling: twin.slice(0, 100) } })
}
