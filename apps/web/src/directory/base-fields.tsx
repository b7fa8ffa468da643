/**
 * Where in the directory to look.
 *
 * @module
 */
import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Dialog } from '../parts/dialog.tsx'
import { FormPart } from '../parts/form-part.tsx'
import { BasePicker } from './base-picker.tsx'
import type { DirectoryParts } from './directory-form.tsx'

const bases = [
  { name: 'baseDn', title: 'Base DN', says: 'Everything is looked for below it.' },
  { name: 'userBaseDn', title: 'Base DN of people', says: 'Empty: the base DN.' },
  { name: 'groupBaseDn', title: 'Base DN of groups', says: 'Empty: the base DN.' },
] as const

type BaseName = (typeof bases)[number]['name']

export function BaseFields({ group, form, label, isEditable, draft }: DirectoryParts) {
  const [picking, setPicking] = useState<BaseName>()
  const done = () => setPicking(undefined)
  return (
    <FormPart title="Where to look">
      {bases.map(({ name, title, says }) => (
        <div className="with-button" key={name}>
          <TextInput
            label={label(title, name)}
            description={says}
            placeholder={name === 'baseDn' ? 'dc=example,dc=com' : form.values.baseDn}
            required={name === 'baseDn'}
            withAsterisk={false}
            maxLength={2048}
            spellCheck={false}
            {...form.getInputProps(name)}
          />
          {isEditable && (
            <Button variant="light" onClick={() => setPicking(name)} aria-label={`Fetch: ${title}`}>
              Fetch…
            </Button>
          )}
        </div>
      ))}
      <Dialog
        title={bases.find(({ name }) => name === picking)?.title ?? ''}
        isOpen={picking !== undefined}
        onClose={done}
        isWide
      >
        {picking !== undefined && (
          <BasePicker
            group={group}
            draft={draft}
            onPick={(dn) => {
              form.setFieldValue(picking, dn)
              done()
            }}
          />
        )}
      </Dialog>
    </FormPart>
  )
}
