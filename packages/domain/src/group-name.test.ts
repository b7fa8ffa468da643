import { expect, test } from 'vitest'
import { checkNameAgainst } from './group-name.ts'

const code = (expected: string) => expect.objectContaining({ code: expected }) as Error

test.each([
  ['Ace', 'Асе'],
  ['Cope', 'Соре'],
  ['ACME', 'ＡＣＭＥ'],
  ['Beta', 'ΒΕΤΑ'],
  ['Sales  EU', 'sales eu'],
])('%j beside %j looks the same', (sibling, name) => {
  expect(() => checkNameAgainst(name, ['Other', sibling])).toThrow(code('GROUP_NAME_LOOKS_LIKE'))
})

test.each(['Аcme', 'Pаypal', 'Sаles Berlin', 'Βerlin'])('%j mixes alphabets in one word', (name) => {
  expect(() => checkNameAgainst(name, [])).toThrow(code('GROUP_NAME_MIXES_SCRIPTS'))
})

test.each(['Москва', 'Αθήνα', 'Berlin', 'Москва Berlin', '東京 Tokyo', 'Café', 'Ω-Team', 'Team 1', '=1+1'])(
  '%j is a name like any other',
  (name) => {
    expect(() => checkNameAgainst(name, ['Paris', 'Team I', 'Cafe'])).not.toThrow()
  },
)
