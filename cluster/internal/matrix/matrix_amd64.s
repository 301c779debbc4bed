#include "textflag.h"

// Adds row r of the tile, held in lo and hi, to the 16 cells at DX, and moves
// DX to the next row.
#define STORE(lo, hi) \
	VADDPS  (DX), lo, lo   \
	VADDPS  32(DX), hi, hi \
	VMOVUPS lo, (DX)       \
	VMOVUPS hi, 32(DX)     \
	ADDQ    R9, DX

// One step of the product: a[row] of this k times the 16 columns in Y8 and Y9.
#define STEP(row, wide, lo, hi) \
	VBROADCASTSS row, wide     \
	VFMADD231PS  Y8, wide, lo  \
	VFMADD231PS  Y9, wide, hi

// func tileAVX2(k int, a, b, c *float32, ldc int)
TEXT ·tileAVX2(SB), NOSPLIT, $0-40
	MOVQ   k+0(FP), CX
	MOVQ   a+8(FP), SI
	MOVQ   b+16(FP), DI
	MOVQ   c+24(FP), DX
	MOVQ   ldc+32(FP), R9
	SHLQ   $2, R9
	LEAQ   (SI)(CX*4), R10
	LEAQ   (R10)(CX*4), R11
	LEAQ   (R11)(CX*4), R12
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	XORQ   AX, AX

loop:
	CMPQ    AX, CX
	JGE     done
	VMOVUPS (DI), Y8
	VMOVUPS 32(DI), Y9
	STEP((SI)(AX*4), Y10, Y0, Y1)
	STEP((R10)(AX*4), Y11, Y2, Y3)
	STEP((R11)(AX*4), Y12, Y4, Y5)
	STEP((R12)(AX*4), Y13, Y6, Y7)
	ADDQ    $64, DI
	INCQ    AX
	JMP     loop

done:
	STORE(Y0, Y1)
	STORE(Y2, Y3)
	STORE(Y4, Y5)
	STORE(Y6, Y7)
	VZEROUPPER
	RET

// func dotAVX2(n int, a, b *float32) float32
TEXT ·dotAVX2(SB), NOSPLIT, $0-28
	MOVQ   n+0(FP), CX
	MOVQ   a+8(FP), SI
	MOVQ   b+16(FP), DI
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	XORQ   AX, AX

more:
	CMPQ        AX, CX
	JGE         sum
	VMOVUPS     (SI)(AX*4), Y2
	VMOVUPS     32(SI)(AX*4), Y3
	VFMADD231PS (DI)(AX*4), Y2, Y0
	VFMADD231PS 32(DI)(AX*4), Y3, Y1
	ADDQ        $16, AX
	JMP         more

sum:
	VADDPS       Y1, Y0, Y0
	VEXTRACTF128 $1, Y0, X1
	VADDPS       X1, X0, X0
	VHADDPS      X0, X0, X0
	VHADDPS      X0, X0, X0
	VZEROUPPER
	MOVSS        X0, ret+24(FP)
	RET

// func addAVX2(n int, a *float32, scale float32, b *float32)
TEXT ·addAVX2(SB), NOSPLIT, $0-32
	MOVQ         n+0(FP), CX
	MOVQ         a+8(FP), SI
	VBROADCASTSS scale+16(FP), Y0
	MOVQ         b+24(FP), DI
	XORQ         AX, AX

again:
	CMPQ        AX, CX
	JGE         end
	VMOVUPS     (SI)(AX*4), Y1
	VMOVUPS     32(SI)(AX*4), Y2
	VFMADD231PS (DI)(AX*4), Y0, Y1
	VFMADD231PS 32(DI)(AX*4), Y0, Y2
	VMOVUPS     Y1, (SI)(AX*4)
	VMOVUPS     Y2, 32(SI)(AX*4)
	ADDQ        $16, AX
	JMP         again

end:
	VZEROUPPER
	RET
