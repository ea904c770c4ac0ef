/**
 * In what numbers a network runs: in 8 bits; in 8 bits whose weights are kept small in pairs, for processors that add two
 * products in 16 bits (AVX2 without VNNI); or as the weights' file has it.
 */
export type Form = 'int8' | 'paired' | 'float';
export type SmallForm = Exclude<Form, 'float'>;
