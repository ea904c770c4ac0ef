import type { MessageDescriptor } from 'react-intl';

/** What the Content-Type Builder gives a plugin's input. `undefined` leaves the key out of `schema.json`. */
export interface InputProps<Value> {
  name: string;
  value: Value | undefined;
  onChange(event: { target: { name: string; value: Value | undefined } }): void;
  intlLabel: MessageDescriptor & { id: string };
  description: MessageDescriptor & { id: string };
  disabled?: boolean;
  error?: string;
}
