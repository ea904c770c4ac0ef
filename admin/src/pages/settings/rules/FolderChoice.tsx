import { useText } from '../../../hooks/useText';
import { useLibraryFilters } from '../../../services/library';
import { Choice } from '../../forms/Choice';

interface FolderChoiceProps {
  /** '' for none. */
  folder: string;
  /** Folders that have a rule. */
  taken: readonly string[];
  onChange: (folder: string) => void;
}

/** A folder of the media library that has no rule yet; one that is gone stays to be seen. */
export function FolderChoice({ folder, taken, onChange }: FolderChoiceProps) {
  const text = useText();
  const all = useLibraryFilters()?.folders ?? [];
  const free = all.filter((path) => path === folder || !taken.includes(path));
  const shown = folder === '' || free.includes(folder) ? free : [...free, folder];
  return (
    <Choice
      label={text('settings.rules.folder')}
      value={folder || undefined}
      placeholder={text('settings.rules.folder.choose')}
      options={shown.map((path) => ({ value: path, label: path }))}
      onChange={(chosen) => onChange(chosen ?? '')}
    />
  );
}
