"""速さの物差し。`python -m tests.benchmarks [仕事の名…] [--full]`。ふだんの試験では走らない。"""
