/**
 * How far the connector goes: other servers, time, and size of an answer.
 *
 * @module
 */
import { NumberInput, TagsInput } from '@mantine/core'
import { FormPart } from '../parts/form-part.tsx'
import { ChoiceField } from '../services/choice-field.tsx'
import { SecondsField } from '../services/seconds-field.tsx'
import type { DirectoryParts } from './directory-form.tsx'

const mebibyte = 1024 * 1024

export function LimitFields({ form, label }: DirectoryParts) {
  const { referrals, connectTimeoutMs, operationTimeoutMs, maxBytes } = form.values
  const seconds = (ms: number | string) => (ms === '' ? '' : Number(ms) / 1000)
  const isFollowed = referrals.follow === 'listed'
  return (
    <FormPart
      title="Referrals, time-outs and sizes"
      folded={`${isFollowed ? `referrals to ${referrals.hosts.length} hosts` : 'no referrals'}; ${seconds(connectTimeoutMs)} s to connect, ${seconds(operationTimeoutMs)} s to answer`}
    >
      <ChoiceField
        title={label('Where a server points to another one', 'referrals')}
        choices={[
          { value: 'never', label: 'Stay' },
          { value: 'listed', label: 'Go, if it is listed' },
        ]}
        value={referrals.follow}
        onChange={(chosen) => form.setFieldValue('referrals.follow', chosen)}
      />
      {isFollowed && (
        <TagsInput
          label="Hosts it may go to"
          description="The bind account and its password go there as well. Enter a host, press Enter."
          maxTags={16}
          {...form.getInputProps('referrals.hosts')}
          value={[...referrals.hosts]}
        />
      )}
      <div className="fields-row">
        <SecondsField
          label={label('To connect, in seconds', 'connectTimeoutMs')}
          max={60}
          ms={connectTimeoutMs}
          onChange={(ms) => form.setFieldValue('connectTimeoutMs', ms)}
        />
        <SecondsField
          label={label('To answer, in seconds', 'operationTimeoutMs')}
          max={300}
          ms={operationTimeoutMs}
          onChange={(ms) => form.setFieldValue('operationTimeoutMs', ms)}
        />
      </div>
      <div className="fields-row">
        <NumberInput
          label={label('Entries of one answer', 'maxEntries')}
          min={1}
          max={10_000}
          allowDecimal={false}
          thousandSeparator=","
          {...form.getInputProps('maxEntries')}
        />
        <NumberInput
          label={label('Size of one answer, in MiB', 'maxBytes')}
          min={0.0625}
          max={256}
          decimalScale={4}
          value={maxBytes === '' ? '' : Number(maxBytes) / mebibyte}
          onChange={(value) => form.setFieldValue('maxBytes', value === '' ? '' : Math.round(Number(value) * mebibyte))}
        />
      </div>
    </FormPart>
  )
}
