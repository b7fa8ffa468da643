/**
 * What counts as a user and as a group, and what tells two of them apart for ever.
 *
 * @module
 */
import { Select, TextInput } from '@mantine/core'
import { FormPart } from '../parts/form-part.tsx'
import type { DirectoryParts } from './directory-form.tsx'

const dataTypes = [
  { value: 'guid', label: 'GUID of Active Directory' },
  { value: 'text', label: 'text' },
  { value: 'hex', label: 'bytes' },
] as const

export function ObjectFields({ form, label, defaults }: DirectoryParts) {
  const { userObjectClass, groupObjectClass, objectIdentifier } = form.values
  const identifier = objectIdentifier.attribute.trim() || defaults.identifier.attribute
  return (
    <FormPart
      title="Users and groups"
      folded={`${userObjectClass || defaults.userObjectClass}, ${groupObjectClass || defaults.groupObjectClass}, known by ${identifier}`}
      says="Empty: the default of this kind of directory, as it stands in the field."
    >
      <div className="fields-row">
        <TextInput
          label={label('Object class of users', 'userObjectClass')}
          placeholder={defaults.userObjectClass}
          spellCheck={false}
          {...form.getInputProps('userObjectClass')}
        />
        <TextInput
          label={label('Object class of groups', 'groupObjectClass')}
          placeholder={defaults.groupObjectClass}
          spellCheck={false}
          {...form.getInputProps('groupObjectClass')}
        />
      </div>
      <TextInput
        label={label('Filter for people', 'userFilter')}
        description="RFC 4515, besides the object class. A user outside of it neither signs in nor is synchronized."
        placeholder={defaults.userFilter ?? 'none'}
        maxLength={4096}
        spellCheck={false}
        {...form.getInputProps('userFilter')}
      />
      <TextInput
        label={label('Filter for groups', 'groupFilter')}
        description="RFC 4515, besides the object class."
        placeholder="none"
        maxLength={4096}
        spellCheck={false}
        {...form.getInputProps('groupFilter')}
      />
      <div className="fields-row">
        <TextInput
          label={label('Object identifier', 'objectIdentifier')}
          description="It survives renames and moves."
          placeholder={defaults.identifier.attribute}
          spellCheck={false}
          {...form.getInputProps('objectIdentifier.attribute')}
        />
        {objectIdentifier.attribute.trim() !== '' && (
          <Select
            label="Its data type"
            description="How its bytes become text."
            allowDeselect={false}
            data={dataTypes}
            {...form.getInputProps('objectIdentifier.dataType')}
          />
        )}
      </div>
    </FormPart>
  )
}
