/**
 * A run that is under way: which part, how much, how fast, how long still.
 *
 * @module
 */
import { Progress, Stack, Text } from '@mantine/core'
import type { SyncRun } from '../api/sync-shapes.ts'
import { Notice } from '../parts/notice.tsx'
import { visible } from '../text/directory-text.ts'
import { phaseWords, progressWords } from './words.ts'

export function RunProgress({ run }: { readonly run: SyncRun }) {
  const { phase, done, expected, waitsFor } = run.progress
  const percent = expected === undefined || expected === 0 || done >= expected ? undefined : (100 * done) / expected
  return (
    <Stack gap={6}>
      <Text size="sm" role="status">
        {run.mode === 'preview' ? 'Preview' : 'Sync'} {run.number}: {phaseWords[phase]}
      </Text>
      <Progress.Root size="lg">
        <Progress.Section
          value={percent ?? 100}
          animated={percent === undefined}
          aria-label={`Progress of run ${run.number}`}
          aria-valuetext={percent === undefined ? 'not known' : `${Math.round(percent)} percent`}
        />
      </Progress.Root>
      <Text size="sm" c="dimmed" className="numbers">
        {progressWords(run.progress)}
        {run.server !== undefined && `, from ${visible(run.server)}`}
      </Text>
      {waitsFor !== undefined && (
        <Notice about="warning" says={waitsFor.says} fix={`${waitsFor.fix} It goes on where it was.`} />
      )}
    </Stack>
  )
}
