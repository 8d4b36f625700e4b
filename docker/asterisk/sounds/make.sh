#!/bin/sh
# Make the recorded words of the fallback anew; a site with a studio replaces the files instead.
# needs espeak-ng and ffmpeg
set -eu
cd "$(dirname "$(readlink -f "$0")")"
words() {
    espeak-ng -v cmn -s 220 --stdout "$2" \
        | ffmpeg -loglevel error -y -i - -af 'highpass=f=200,lowpass=f=3400,volume=1.5,adelay=200,apad=pad_dur=0.3' \
            -ar 8000 -ac 1 -f alaw "$1.alaw"
}
words unavailable "您好，语音服务现在用不了。要人工服务，请按零。"
words nobody "现在没有空闲的座席，请稍后再打，一二一二三。再见。"
words goodbye "没有收到按键。请稍后再打，一二一二三。再见。"
# hold music: four soft chords, twelve seconds
chord() { echo "sin(2*PI*$1*t)+sin(2*PI*$2*t)+sin(2*PI*$3*t)"; }
swell='0.06*sin(PI*mod(t\,3)/3)'
ffmpeg -loglevel error -y -f lavfi -i "aevalsrc=$swell*(if(lt(t\,3)\,$(chord 262 330 392)\,if(lt(t\,6)\,$(chord 220 262 330)\,if(lt(t\,9)\,$(chord 175 220 262)\,$(chord 196 247 294))))):d=12:s=8000" \
    -ac 1 -f alaw moh/hold.alaw
